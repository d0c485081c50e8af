import { sortableTables } from './sortableTables.ts';

document.documentElement.classList.add('scripted');
sortableTables();
