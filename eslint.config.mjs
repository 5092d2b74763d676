import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const COUNTED = { skipBlankLines: true, skipComments: true };
const NODE_GLOBALS = ['AbortController', 'AbortSignal', 'Buffer', 'URL', 'clearTimeout', 'console', 'process', 'setTimeout'];

export default defineConfig(
  globalIgnores(['**/dist/', '**/prebuilds/', '**/build/', '**/coverage/']),
  js.configs.recommended,
  {
    rules: {
      'max-lines': ['error', { max: 300, ...COUNTED }],
      'max-lines-per-function': ['error', { max: 60, ...COUNTED }],
      'max-params': ['error', 3],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: Object.fromEntries([...NODE_GLOBALS].map((name) => [name, 'readonly'])) },
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
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['**/test/**', 'test/**', 'bench/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
);
