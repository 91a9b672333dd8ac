// What make lint finds in JavaScript, beside what tsc does in that which ships: mistakes. How it looks is prettier's.
import globals from "globals";
import { floatingPromise } from "./tools/build/lint/floating-promise.js";
import { importCycle } from "./tools/build/lint/import-cycle.js";

export default [
	{ ignores: ["dist/", "wasm_exec.js"] },
	{
		files: ["**/*.js"],
		languageOptions: { globals: { ...globals.node, ...globals.browser } },
		linterOptions: { reportUnusedDisableDirectives: "error" },
		plugins: { own: { rules: { "floating-promise": floatingPromise, "import-cycle": importCycle } } },
		rules: {
			"own/floating-promise": "error",
			"own/import-cycle": "error",

			// Names: what nobody uses, what there is not, what is not what it seems.
			"no-unused-vars": ["error", { ignoreRestSiblings: true, destructuredArrayIgnorePattern: "^_$", argsIgnorePattern: "^_" }],
			"no-undef": "error",
			"no-redeclare": ["error", { builtinGlobals: false }],
			"no-shadow-restricted-names": "error",
			"no-const-assign": "error",
			"no-import-assign": "error",
			"no-func-assign": "error",
			"no-var": "error",

			// What does not do what it says.
			eqeqeq: ["error", "always", { null: "ignore" }],
			"array-callback-return": "error",
			"constructor-super": "error",
			"for-direction": "error",
			"getter-return": "error",
			"no-async-promise-executor": "error",
			"no-class-assign": "error",
			"no-compare-neg-zero": "error",
			"no-cond-assign": "error",
			"no-constant-binary-expression": "error",
			"no-constant-condition": ["error", { checkLoops: "allExceptWhileTrue" }],
			"no-dupe-class-members": "error",
			"no-dupe-else-if": "error",
			"no-dupe-keys": "error",
			"no-duplicate-case": "error",
			"no-duplicate-imports": "error",
			"no-empty": ["error", { allowEmptyCatch: true }],
			"no-empty-pattern": "error",
			"no-ex-assign": "error",
			"no-fallthrough": "error",
			"no-loss-of-precision": "error",
			"no-self-assign": "error",
			"no-self-compare": "error",
			"no-setter-return": "error",
			"no-sparse-arrays": "error",
			"no-this-before-super": "error",
			"no-throw-literal": "error",
			"no-unreachable": "error",
			"no-unreachable-loop": "error",
			"no-unsafe-finally": "error",
			"no-unsafe-negation": "error",
			"no-unsafe-optional-chaining": "error",
			"no-unused-expressions": ["error", { allowShortCircuit: true, allowTernary: true }],
			"no-unused-private-class-members": "error",
			"no-useless-catch": "error",
			"no-useless-escape": "error",
			"require-yield": "error",
			"use-isnan": "error",
			"valid-typeof": "error",

			// What ships makes no code out of text, as a page's policy forbids it, and prints nothing.
			"no-eval": "error",
			"no-implied-eval": "error",
			"no-new-func": "error",
			"no-console": "error",
		},
	},
	{
		// The command speaks to whoever typed it, and the edge's log is its console.
		files: ["js/cli/**", "js/edge/**"],
		rules: { "no-console": "off" },
	},
	{
		files: ["tools/**", "test/**"],
		rules: { "no-console": "off", "no-new-func": "off" },
	},
	{
		files: ["test/package/next/**"],
		languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },
	},
];
