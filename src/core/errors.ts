/**
 * Every failure the product can report: stable code, exit code and what to do next.
 * Findings (data problems as values) live in findings.ts; failures are thrown as AppError.
 */

/** Process exit codes. 1 is an answer ("no"), not a failure, so no error carries it. */
export const exitCodes = {
  done: 0,
  answerIsNo: 1,
  usage: 2,
  dataRefused: 3,
  environment: 4,
  defect: 70,
  interrupted: 130,
  terminated: 143,
} as const;

interface ErrorRow {
  readonly exit: number;
  /** One line with {name} placeholders filled from the details. */
  readonly template: string;
  readonly hint: string;
}

/** One row per code. docs/errors.md is checked against this table by a test. */
export const errorTable = {
  E_USAGE: { exit: 2, template: '{problem}', hint: 'Run the command with --help to see its flags.' },
  E_BAD_DATE: { exit: 2, template: '{flag}: {problem}', hint: 'Dates are UTC days written YYYY-MM-DD; --end is the last day included.' },
  E_BAD_SYMBOL: { exit: 2, template: 'symbol {symbol}: {problem}', hint: 'Symbols are the venue’s names, for example BTCUSDT,ETHUSDT.' },
  E_UNKNOWN_UNIT: { exit: 2, template: 'no {kind} is called {id}{suggestion}', hint: 'Available: {available}' },
  E_UNIT_INVALID: {
    exit: 2,
    template: 'unit file {file}: {problem}',
    hint: 'A unit file default-exports one define...() object whose id is the file name.',
  },
  E_UNIT_DUPLICATE: { exit: 2, template: '{kind} {id} is defined twice: {first} and {second}', hint: 'Rename one of the files (and its id).' },
  E_CONFIG: { exit: 2, template: '{where}: {problem}', hint: '{remedy}' },
  E_HOLDOUT: {
    exit: 2,
    template: 'the holdout of {kind} {id} version {version} was opened by run {runId} on {at}',
    hint: 'It opens once per version. Change the document to a new version, whose holdout is what comes after.',
  },
  E_LEDGER: {
    exit: 3,
    template: 'governance/ledger.jsonl: {problem}',
    hint: 'Run `backtest ledger verify`; put the file back from a copy. Nothing is appended to a broken ledger.',
  },
  E_EVIDENCE: {
    exit: 2,
    template: 'run {run} is no evidence for {subject}: {problem}',
    hint: 'docs/governance.md says what makes a run evidence. `backtest promote check {subject}` shows what is missing.',
  },
  E_GOVERNANCE: { exit: 2, template: '{what}: {problem}', hint: '{remedy}' },
  E_FORMULA: {
    exit: 2,
    template: '{where}: formula {formula}: {problem}',
    hint: 'docs/studies.md lists the columns and functions that formulas may use.',
  },
  E_STUDY: { exit: 2, template: '{where}: {problem}', hint: '{remedy}' },
  E_POLICY: { exit: 2, template: '{where}: {problem}', hint: '{remedy}' },
  E_PORTFOLIO: { exit: 2, template: '{where}: {problem}', hint: '{remedy}' },
  E_TRUST: {
    exit: 2,
    template: '{subject} is {level}, the run asks for {asked}',
    hint: '`backtest promote check {subject}` says what its next state needs; a lower --trust uses it all the same, and the report says so.',
  },
  E_SPEC: { exit: 2, template: '{where}: {problem}', hint: '{remedy}' },
  E_INFEASIBLE: {
    exit: 2,
    template: 'no weights keep all of these at once: {constraints}',
    hint: 'Loosen one of the limits named. Without a smallest investment the answer can always be cash.',
  },
  E_RC_CAP_INFEASIBLE: {
    exit: 2,
    template: 'a risk share of at most {cap} per edge cannot be kept by {edges} edges (RC_CAP_INFEASIBLE)',
    hint: 'Shares sum to 1: set the cap to {smallest} or more, switch it off, or add edges.',
  },
  E_BAD_PARAM: {
    exit: 2,
    template: '{unit} parameter {name}: {problem}',
    hint: 'See `backtest strategies show {unit}` for names, defaults and bounds.',
  },
  E_RUN_UNKNOWN: { exit: 2, template: 'no run is called {runId}{suggestion}', hint: 'Known runs: {available}' },
  E_RUN_CONFLICT: {
    exit: 2,
    template: 'run {runId} exists with another configuration: {difference}',
    hint: 'Choose another --run-id, or --force to replace the run.',
  },
  E_INTENT_UNSUPPORTED: { exit: 2, template: 'accounting {accounting} cannot resolve {part} of strategy {strategy}', hint: '{remedy}' },
  E_POSITION_INVALID: {
    exit: 2,
    template: 'strategy {strategy} asked for position {value} on {symbol} at {time}',
    hint: 'Target positions are finite numbers in [-1, 1].',
  },
  E_INPUT: {
    exit: 2,
    template: '{what}: {problem}',
    hint: 'Columns hold one value per bar; times are epoch milliseconds, ascending, on the 15-minute grid.',
  },
  E_COLUMN_UNKNOWN: {
    exit: 2,
    template: '{unit} reads column {column}, which nothing provides{suggestion}',
    hint: 'Columns are bar fields, feature ids and causal context columns: {available}',
  },
  E_COLUMN_RETROSPECTIVE: {
    exit: 2,
    template: '{unit} reads {column}, which is only known in retrospect',
    hint: 'Retrospective columns look ahead; they are for research labels only.',
  },
  E_FEATURE_CYCLE: {
    exit: 2,
    template: 'features depend on each other in a circle: {cycle}',
    hint: 'Break the circle: a feature may read bars and other features, not itself.',
  },
  E_NO_DATA: { exit: 3, template: '{what} has no data for {symbol} between {start} and {end}', hint: '{remedy}' },
  E_FUNDING_MISSING: {
    exit: 3,
    template: '{symbol}: funding is missing ({detail})',
    hint: 'Pass --allow-missing-funding to go on; the report then says so on page one.',
  },
  E_FUNDING_CONSTANT: {
    exit: 3,
    template: '{symbol}: funding rate is constant ({detail})',
    hint: 'Pass --allow-constant-funding if the venue really charged this rate.',
  },
  E_FUNDING_STAMP: {
    exit: 3,
    template: '{symbol}: funding times are off the hour ({detail})',
    hint: 'Pass --allow-funding-timestamp-rounding to round them to the hour.',
  },
  E_FUNDING_BOUND: {
    exit: 3,
    template: '{symbol}: funding rate {observed} is beyond {allowed} ({detail})',
    hint: 'The file is probably in another unit; check the source.',
  },
  E_DATA_CONFLICT: {
    exit: 3,
    template: '{symbol} {dataset}: different values at one time ({detail})',
    hint: 'The source contradicts itself; compare it with another copy before trusting either.',
  },
  E_ARCHIVE: { exit: 3, template: '{file}: {problem}', hint: 'The archive is damaged or not of the expected layout; it was not used.' },
  E_CHECKSUM: {
    exit: 3,
    template: '{file}: SHA-256 is {observed}, its CHECKSUM file says {expected}',
    hint: 'The file was not used. Run again later; if it persists, the mirror is bad.',
  },
  E_CSV: { exit: 3, template: '{file} line {line}: {problem}', hint: 'The file was refused as a whole; nothing of it was used.' },
  E_ARTIFACT_DAMAGED: { exit: 3, template: '{path}: {problem}', hint: 'Run the same command with --force to rebuild the run.' },
  E_RESULT_EMPTIED: {
    exit: 3,
    template: '{path} holds {count} candidates, and now nothing is found',
    hint: 'See why the studies of the run find nothing any more; --force replaces the list all the same.',
  },
  E_NETWORK: { exit: 4, template: '{url}: {problem}', hint: 'Run the same command again: what was fetched is kept.' },
  E_DISK_FULL: { exit: 4, template: 'no space left while writing {path}', hint: 'Free some space and run the same command again.' },
  E_PERMISSION: {
    exit: 4,
    template: 'not allowed to {action} {path}',
    hint: 'Check the owner and mode of the folder, or choose another --data-root.',
  },
  E_FILE: { exit: 4, template: 'cannot {action} {path}: {problem}', hint: 'Check the disk and the path, then run the same command again.' },
  E_LOCKED: { exit: 4, template: 'the lake is being written by {holder}', hint: 'Wait for it to finish, or raise --lock-timeout.' },
  E_ENVIRONMENT: { exit: 4, template: '{problem}', hint: '{remedy}' },
  E_INTERNAL: { exit: 70, template: '{problem}', hint: 'This is a defect of the product. Please report it with the command and --debug output.' },
  E_INTERRUPTED: { exit: 130, template: 'interrupted', hint: 'Run the same command again to continue where it stopped.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;
export type ErrorDetails = Readonly<Record<string, string | number | null>>;

/**
 * A failure with a stable code. The message is the table's template filled with `details`;
 * `hint` says what to do next; `exit` is the process exit code.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly exit: number;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options: { cause?: unknown } = {}) {
    const row: ErrorRow = errorTable[code];
    super(fill(row.template, details), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
    this.hint = fill(row.hint, details);
    this.exit = row.exit;
  }
}

/** True for AppError, also when it comes from another copy of this module (a plugin bundle, a worker). */
export function isAppError(value: unknown): value is AppError {
  return value instanceof Error && value.name === 'AppError' && 'code' in value && 'exit' in value;
}

/** Any thrown value as an AppError; what the product did not foresee becomes E_INTERNAL with its cause. */
export function toAppError(value: unknown): AppError {
  if (isAppError(value)) return value;
  const problem = value instanceof Error ? value.message : String(value);
  return new AppError('E_INTERNAL', { problem }, { cause: value });
}

/** Runs code of a unit: what it throws without a code of its own becomes E_UNIT_INVALID naming the unit. */
export function runUnit<T>(unit: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError('E_UNIT_INVALID', { file: unit, problem: `it failed: ${cause instanceof Error ? cause.message : String(cause)}` }, { cause });
  }
}

function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''));
}
