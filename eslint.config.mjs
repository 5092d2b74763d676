import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const COUNTED = { skipBlankLines: true, skipComments: true };
const NODE_GLOBALS = ['AbortController', 'AbortSignal', 'Buffer', 'URL', 'console', 'performance', 'process'];
const TIMERS = ['clearInterval', 'clearTimeout', 'setImmediate', 'setInterval', 'setTimeout'];

export default defineConfig(
  globalIgnores(['**/dist/', '**/prebuilds/', '**/build/', '**/coverage/']),
  js.configs.recommended,
  {
    rules: {
      'max-lines': ['error', { max: 300, ...COUNTED }],
      'max-lines-per-function': ['error', { max: 60, ...COUNTED }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: Object.fromEntries([...NODE_GLOBALS, ...TIMERS].map((name) => [name, 'readonly'])) },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },
  {
    files: ['**/*.{ts,mts}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.all.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['**/test/**', 'test/**', 'bench/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // A fake may be async only because its interface is, and a matcher takes a method without calling it.
    files: ['**/test/**/*.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
);
