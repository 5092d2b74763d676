// The direction of imports. Contracts are at the bottom, the composition root on top.
const CORE = '^packages/core/src/';
const CONTRACTS = '^packages/core/src/plugin/';
const NATIVE = '^packages/native/src/';
const PLUGINS = '^packages/(log|runtime)-[^/]+/src/';
const SHIMCTL = '^packages/shimctl/src/';
const FRONT_ENDS = '^packages/(conmon|containerd-shim)/src/';
const TESTKIT = '^packages/testkit/src/';
/** Entry points that the `exports` of the core name. */
const PUBLIC = '^packages/core/src/(plugin/|(api|client|config|logging|plugins)/index\\.ts$)';
const BUILT_INS = '^packages/shimctl/src/built-ins\\.ts$';
const SOURCES = '^packages/[^/]+/src/';
const HEAVY = '(^|/)node_modules/(ajv|ajv-formats|pino|tsyringe|reflect-metadata|yaml)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle of values breaks decorators at load time. Types may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'Every import leads to a file.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'contracts-stand-alone',
      comment: 'src/plugin is what third parties build on: it imports nothing but Node and itself.',
      severity: 'error',
      from: { path: CONTRACTS },
      to: { pathNot: CONTRACTS, dependencyTypesNot: ['core'] },
    },
    {
      name: 'native-stands-alone',
      comment: 'The system calls know nothing of what is above them.',
      severity: 'error',
      from: { path: NATIVE },
      to: { pathNot: NATIVE, dependencyTypesNot: ['core'] },
    },
    {
      name: 'plugins-use-contracts-only',
      comment: 'A plugin sees @holdfast/core/plugin, never the inside of the core, native, or a front end.',
      severity: 'error',
      from: { path: PLUGINS },
      to: { path: SOURCES, pathNot: [CONTRACTS, PLUGINS] },
    },
    {
      name: 'plugins-are-independent',
      comment: 'A plugin does not import another. runtime-runc and runtime-crun are runtime-oci with differences.',
      severity: 'error',
      from: { path: '^packages/((log|runtime)-[^/]+)/src/' },
      to: { path: PLUGINS, pathNot: ['^packages/$1/src/', '^packages/runtime-oci/src/'] },
    },
    {
      name: 'only-runtimes-extend-runtime-oci',
      comment: 'A log driver has nothing to do with a runtime.',
      severity: 'error',
      from: { path: '^packages/log-' },
      to: { path: '^packages/runtime-' },
    },
    {
      name: 'core-names-no-plugin',
      comment: 'The core takes plugins as they are registered.',
      severity: 'error',
      from: { path: CORE },
      to: { path: [PLUGINS, SHIMCTL] },
    },
    {
      name: 'composition-root-names-plugins',
      comment: 'Concrete plugins are named in one file.',
      severity: 'error',
      from: { path: SHIMCTL, pathNot: BUILT_INS },
      to: { path: PLUGINS },
    },
    {
      name: 'front-ends-are-loaded',
      comment: 'shimd loads a front end by its path. Nothing else knows that it exists.',
      severity: 'error',
      from: { path: SOURCES, pathNot: FRONT_ENDS },
      to: { path: FRONT_ENDS },
    },
    {
      name: 'testkit-uses-public-exports',
      comment: 'The test kit is for third parties: of the core it sees what they see, and no plugin.',
      severity: 'error',
      from: { path: TESTKIT },
      to: { path: SOURCES, pathNot: [TESTKIT, NATIVE, PUBLIC] },
    },
    {
      name: 'testkit-is-for-tests',
      comment: 'Nothing that runs in a shim needs the test kit.',
      severity: 'error',
      from: { path: SOURCES, pathNot: TESTKIT },
      to: { path: TESTKIT },
    },
    {
      name: 'client-is-light',
      comment: 'Short commands load the client: neither validators, nor logger, nor container, however indirectly.',
      severity: 'error',
      from: { path: '^packages/core/src/client/' },
      to: { path: HEAVY, reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: ['^packages/[^/]+/(test|dist|build|prebuilds)/', '\\.mjs$'] },
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    enhancedResolveOptions: {
      conditionNames: ['holdfast-source', 'import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
