/** A value that survives JSON unchanged. `undefined` never stands in one. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** What JSON has no form for, or would empty. */
type NotJson =
  | bigint
  | symbol
  | undefined
  | ((...args: never) => unknown)
  | Date
  | RegExp
  | Error
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | PromiseLike<unknown>
  | ArrayBuffer
  | ArrayBufferView;

/**
 * `T` as far as a value of it comes back from JSON the same, with `never` for the parts that do
 * not. Unlike `Json` it takes interfaces. Members that may be absent stay so; in a list there is
 * no `undefined`. What cannot be known (`unknown`) passes: it is checked when the program runs.
 */
export type JsonSafe<T> = unknown extends T
  ? T
  : T extends Json
    ? T
    : T extends NotJson
      ? never
      : T extends readonly unknown[]
        ? { readonly [Key in keyof T]: JsonSafe<T[Key]> }
        : { readonly [Key in keyof T]: JsonSafe<Exclude<T[Key], undefined>> | Absent<T[Key]> };

/** As the type of a parameter: a `T` that JSON keeps; points at the part that it does not keep. */
export type JsonGiven<T> = [T] extends [JsonSafe<T>] ? T : NoInfer<JsonSafe<T>>;

/** What comes back after `T` was written as JSON: `undefined` is `null`, a `Date` a text. */
export type JsonForm<T> = unknown extends T
  ? Json
  : T extends Json
    ? T
    : // biome-ignore lint/suspicious/noConfusingVoidType: functions that return nothing say so.
      T extends undefined | void
      ? null
      : T extends { toJSON(): infer Form }
        ? JsonForm<Form>
        : T extends NotJson
          ? never
          : T extends readonly unknown[]
            ? { readonly [Key in keyof T]: JsonForm<T[Key]> }
            : { readonly [Key in keyof T]: JsonForm<Exclude<T[Key], undefined>> | Absent<T[Key]> };

type Absent<T> = Extract<T, undefined>;
