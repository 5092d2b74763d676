export { escapeControls, escapeLines, stringifyJson } from '@holdfast/core/client';
