import { plural, setting } from '../format.ts';
import { noFiles, type Rule } from './rule.ts';

/** Parameters at the edge of what they may be, other than by default. */
export const parameterBounds: Rule = ({ setup }) => {
  const found = setup.strategies.flatMap(({ id, params, schema }) =>
    Object.entries(params).flatMap(([name, value]) => {
      const param = schema[name];
      if (param === undefined || !('min' in param) || typeof value !== 'number' || value === param.default) return [];
      return value === param.min || value === param.max ? [{ name: `${id}.${name}`, value, min: param.min, max: param.max }] : [];
    }),
  );
  if (found.length === 0) return null;
  const list = found.map(({ name, value, min, max }) => `${name} = ${setting(value)} (${setting(min)} to ${setting(max)})`);
  return {
    code: 'PARAMETER_AT_BOUND',
    severity: 'warning',
    topic: 'result',
    text: `${plural(found.length, 'parameter')} ${found.length === 1 ? 'lies' : 'lie'} at the edge of the allowed range: ${list.join(', ')}.`,
    evidence: found.map(({ name, value }) => ({ label: name, value: setting(value) })),
    advice: 'A best value at the edge means that the search ended there, not that the optimum is known; at the edge a rule may also be switched off.',
    files: noFiles,
  };
};
