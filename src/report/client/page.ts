import { numberCards } from './numberCards.ts';
import { openTargets } from './openTargets.ts';
import { sortableTables } from './sortableTables.ts';

document.documentElement.classList.add('scripted');
sortableTables();
numberCards();
openTargets();
