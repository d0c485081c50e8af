import { equityView } from './equityView.ts';
import { tradeView } from './tradeView.ts';

// Where nothing can be drawn, the drawings and the whole table of the page stay.
if (document.createElement('canvas').getContext('2d') !== null) {
  const { classList } = document.documentElement;
  classList.add('charted');
  try {
    equityView();
    tradeView();
  } catch (error) {
    classList.remove('charted');
    throw error;
  }
}
