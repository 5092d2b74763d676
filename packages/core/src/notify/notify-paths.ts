/** In the container's state directory; mounted read-only in the container, where runc would have put it. */
export const NOTIFY_DIRECTORY = 'notify';
export const NOTIFY_NAME = 'notify.sock';
export const NOTIFY_TARGET = '/run/notify';
