/** What the keeper holds under keys that begin so, and go on with `NAME/`, is the front end's of that name. */
export const FRONT_END_KEYS = 'front-end/';
