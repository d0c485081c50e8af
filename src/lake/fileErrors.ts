import { AppError, isAppError } from '../core/errors.ts';

/** The system's error name (`ENOENT`, `EEXIST`, ...) of a thrown value or of its cause; null when it has none. */
export function errnoOf(error: unknown): string | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (!isAppError(current) && 'code' in current && typeof current.code === 'string') return current.code;
  }
  return null;
}

/**
 * A failed file operation as the product's error: disk full, permission, or any other file problem. The cause is kept.
 *
 * @param action what was tried, as a verb: "write", "rename"
 * @param path   the file or folder it was tried on
 */
export function fileError(action: string, path: string, cause: unknown): AppError {
  if (isAppError(cause)) return cause;
  const problem = cause instanceof Error ? cause.message : String(cause);
  switch (errnoOf(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('E_DISK_FULL', { path }, { cause });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError('E_PERMISSION', { action, path }, { cause });
    default:
      return new AppError('E_FILE', { action, path, problem }, { cause });
  }
}
