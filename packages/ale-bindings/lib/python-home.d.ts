/** The command that installs what is missing. */
export const INSTALL_COMMAND: string;
/** The command that reports problems of the installation. */
export const DOCTOR_COMMAND: string;
/** Absolute path of a file of this package. */
export function packageFile(name: string): string;
/** Folder of all private environments: `ALE_BINDINGS_HOME`, or the user's data folder. */
export function dataHome(env?: NodeJS.ProcessEnv): string;
/** Folder of the private environment that belongs to this version's pinned packages. */
export function environmentPath(env?: NodeJS.ProcessEnv): string;
/** The interpreter of a virtual environment. */
export function interpreterIn(environment: string): string;
/** The Python interpreter in use: `ALE_BINDINGS_PYTHON`, or the private environment's. It may not exist. */
export function pythonPath(env?: NodeJS.ProcessEnv): string;
