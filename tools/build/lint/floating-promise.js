// A lint rule: a promise that nobody waits for is a test that cannot fail, or an error that nobody sees. Without types, it
// knows three kinds of call: of an async function of the same file, of what comes from a module of promises ("node:fs/promises",
// "node:timers/promises", and `once`), and of assert.rejects and its kin. One that is meant to float is marked with `void`.

const modules = /^node:[\w/]+\/promises$/;
const asserted = /^(?:rejects|doesNotReject)$/;

/** @type {import("eslint").Rule.RuleModule} */
export const floatingPromise = {
	meta: { type: "problem", schema: [], messages: { floats: "Nobody waits for this promise: await it, or write void before it." } },
	create(context) {
		/**
		 * @param {any} callee
		 * @returns {boolean} whether a call of it surely gives a promise
		 */
		function promises(callee) {
			if (callee.type === "MemberExpression") {
				return callee.object.name === "assert" && asserted.test(callee.property.name);
			}
			if (callee.type !== "Identifier") {
				return callee.async === true; // a function that is called where it stands
			}
			let scope = context.sourceCode.getScope(callee);
			while (scope && !scope.set.has(callee.name)) {
				scope = /** @type {any} */ (scope.upper);
			}
			const [{ type, node, parent } = /** @type {any} */ ({}), ...more] = scope?.set.get(callee.name)?.defs ?? [];
			if (more.length > 0) {
				return false;
			}
			switch (type) {
				case "FunctionName":
					return node.async;
				case "Variable":
					return parent.kind === "const" && node.id.type === "Identifier" && node.init?.async === true;
				case "ImportBinding":
					return modules.test(parent.source.value) || (parent.source.value === "node:events" && node.imported?.name === "once");
				default:
					return false;
			}
		}
		return {
			ExpressionStatement({ expression }) {
				if (expression.type === "CallExpression" && promises(expression.callee)) {
					context.report({ node: expression, messageId: "floats" });
				}
			},
		};
	},
};
