/** The group whose shim runs commands that launchers hand over; others are reached by a process of the command's own. */
export const LAUNCH_GROUP = 'default';
/** What the launcher calls itself: docs/launcher.md. */
export const LAUNCH_KIND = 'shimctl';
