/**
 * The only door to the outside: files, network, clock, names. Types only; the real implementation is in
 * lake/realEffects.ts and venues/http.ts, tests hand in counting, failing or recording ones.
 */

export interface WriteHandle {
  /** Writes some of the bytes and returns how many (a short write is legal; callers loop). */
  write(bytes: Uint8Array): Promise<number>;
  /** Flushes to the device. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileStat {
  readonly size: number;
  readonly isFile: boolean;
  readonly isDirectory: boolean;
}

/** Bytes of the disk behind a path. */
export interface DiskSpace {
  readonly total: number;
  /** What this user may still write. */
  readonly available: number;
}

export interface Files {
  read(path: string): Promise<Buffer>;
  /** Entry names in sorted order; an absent folder is empty. */
  list(folder: string): Promise<string[]>;
  stat(path: string): Promise<FileStat | null>;
  makeFolder(folder: string): Promise<void>;
  /** Opens a new file for writing; fails when it exists. */
  create(path: string): Promise<WriteHandle>;
  /** Opens an existing file or folder only to flush it. */
  syncPath(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Hard link; fails when `to` exists. */
  link(from: string, to: string): Promise<void>;
  /** Removes a file or an empty or full folder; absent is fine. */
  remove(path: string): Promise<void>;
  /** Appends one line to a log; the only write that is not atomic. */
  appendLine(path: string, line: string): Promise<void>;
  /** Size and free space of the disk that holds an existing path. */
  space(path: string): Promise<DiskSpace>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops the rest of the body and frees the socket. */
  discard(): Promise<void>;
}

export interface HttpRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Http {
  get(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

export interface Clock {
  /** Wall clock, epoch ms. Never part of an artifact. */
  now(): number;
  /** Monotonic ms for durations. */
  elapsed(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Effects {
  readonly files: Files;
  readonly clock: Clock;
  readonly http: Http;
  /** A name part that no other process uses: pid and random hex. */
  uniqueName(): string;
}
