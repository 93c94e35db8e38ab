/** The names of the library's networks by their class. Each class enters itself, so that none has to be loaded for it. */

/** Name of a class in descriptions. A class that was never loaded is missing. */
export const libraryClasses = new WeakMap<object, string>();
