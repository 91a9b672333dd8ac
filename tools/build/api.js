// Makes docs/api.md from the JSDoc of what the package exports:
//
//	node tools/build/api.js docs/api.md
//
// The compiler says what is exported and of what type, so nothing is left out and no type is written twice; the words
// are those of the sources. What is public and has no words is an error, and so is a name that some conditions of an
// entry export and others do not. `@internal` hides an export, or a member.
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
// The compiler's own interface. Its makers call it unstable: package.json pins its version.
import { isExpressionStatement } from "typescript/unstable/ast/is";
import { API, SignatureKind, SymbolFlags } from "typescript/unstable/sync";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** How types are written: whole, and by their names. */
const noTruncation = 1;
/** The same, but with what an alias stands for. */
const inTypeAlias = 1 << 23;

/** @typedef {import("typescript/unstable/sync").Symbol} Exported */
/** @typedef {import("typescript/unstable/sync").Type} Type */

/**
 * The sources of each entry of package.json, `node` first, as it has the platform's whole variety. A bundle in dist has the
 * name of the source in js that it is made of; of any other, the source has the name of its declarations, whatever stands in for it
 * where it cannot run.
 * @param {Record<string, unknown>} exports
 * @returns {{ name: string, files: string[] }[]}
 */
export function entriesOf(exports, name = "cctoken") {
	const isSource = (/** @type {string} */ path) => path.startsWith("js/") && existsSync(join(root, path));
	/** @param {unknown} target @returns {string[]} */
	const scripts = (target) =>
		typeof target === "string"
			? [target.replace(/^\.\/(dist\/(?=[^/]+\.js$))?/, (_, bundle) => (bundle ? "js/" : ""))].filter(isSource)
			: Object.entries(target ?? {}).flatMap(([condition, inner]) => (condition === "types" ? [] : scripts(inner)));
	const first = (a, b) => Number(b.endsWith("/node.js")) - Number(a.endsWith("/node.js"));
	return Object.entries(exports)
		.map(([path, target]) => {
			const own = scripts(target?.default ?? target).length > 0 ? scripts(target) : [];
			const source = (target?.types ?? "").replace(
				/^\.\/dist\/(?:types\/(.+)|(\w+))\.d\.ts$/,
				(_, whole, folder) => `js/${whole ?? `${folder}/index`}.js`,
			);
			return { name: name + path.slice(1), files: own.length > 0 ? [...new Set(own)].sort(first) : [source].filter(isSource) };
		})
		.filter(({ files }) => files.length > 0);
}

/**
 * The whole page.
 * @returns {Promise<string>}
 */
export async function reference() {
	const { name, exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
	const entries = entriesOf(exports, name);
	const folder = join(root, "node_modules/.cache", `api.${process.pid}`);
	const project = join(folder, "tsconfig.json");
	await mkdir(folder, { recursive: true });
	const api = new API({ cwd: root });
	try {
		// A project of the entries alone, wherever they lie, by the rules of the sources' own.
		const files = entries.flatMap((entry) => entry.files).map((file) => join(root, file));
		await writeFile(project, JSON.stringify({ extends: join(root, "tsconfig.json"), include: [], files }));
		const [{ checker, program }] = api.updateSnapshot({ openProjects: [project] }).getProjects();
		const page = new Page(checker, program);
		for (const entry of entries) {
			page.entry(entry);
		}
		return page.text();
	} finally {
		api.close();
		await rm(folder, { recursive: true, force: true });
	}
}

class Page {
	#checker;
	#program;
	/** @type {string[]} */ #parts = [];
	/** What has a section, or will get one, by its name. @type {Map<string, Exported>} */ #named = new Map();
	/** What was described, by the entry that it was described in. @type {Map<string, string>} */ #described = new Map();
	/** @type {string[]} */ #wordless = [];

	/** @param {import("typescript/unstable/sync").Checker} checker @param {import("typescript/unstable/sync").Program} program */
	constructor(checker, program) {
		this.#checker = checker;
		this.#program = program;
	}

	/** @param {{ name: string, files: string[] }} entry */
	entry({ name, files: [file, ...conditions] }) {
		const exported = this.#exportsOf(file).filter((symbol) => !this.#internal(this.#target(symbol)));
		const names = exported.map((symbol) => symbol.name);
		for (const other of conditions) {
			const there = this.#exportsOf(other)
				.filter((symbol) => !this.#internal(this.#target(symbol)))
				.map((symbol) => symbol.name);
			const odd = names.filter((one) => !there.includes(one)).concat(there.filter((one) => !names.includes(one)));
			if (odd.length > 0) {
				throw new Error(`${file} and ${other} are one entry, but only one of them exports ${odd.join(", ")}.`);
			}
		}
		this.#parts.push(`## \`${name}\``);
		const told = new Set(names.map((one) => this.#described.get(one)));
		const [as] = told;
		if (told.size === 1 && as !== undefined) {
			this.#parts.push(`Exports what \`${as}\` does.`);
			return;
		}
		const targets = exported.map((symbol) => this.#target(symbol));
		for (const symbol of targets) {
			this.#named.set(symbol.name, symbol);
			this.#described.set(symbol.name, name);
		}
		const values = targets.filter(({ flags }) => !(flags & (SymbolFlags.Class | SymbolFlags.TypeAlias)));
		const functions = values.filter((symbol) => this.#checker.getSignaturesOfType(this.#typeOf(symbol), SignatureKind.Call).length > 0);
		const others = values.filter((symbol) => !functions.includes(symbol));
		const classes = targets.filter(({ flags }) => flags & SymbolFlags.Class);
		const types = targets.filter(({ flags }) => flags & SymbolFlags.TypeAlias);
		this.#section("Functions", functions, (symbol) => this.#callable(symbol, "", 4));
		this.#section("Values", others, (symbol) => {
			this.#parts.push(`#### \`${symbol.name}\``, this.#words(symbol, symbol.name), `Its type is ${this.#typeText(this.#typeOf(symbol))}.`);
		});
		this.#section("Classes", classes, (symbol) => this.#class(symbol));
		this.#section("Types", types, (symbol) => this.#type(symbol));
		// Types that are named above and cannot be imported: describing one may name another.
		const described = new Set(targets.map((symbol) => symbol.name));
		const further = () => [...this.#named.values()].filter((symbol) => !described.has(symbol.name) && !this.#described.has(symbol.name));
		for (let heading = "### Types that are named above, but not exported"; further().length > 0; heading = "") {
			this.#parts.push(...(heading ? [heading] : []));
			for (const symbol of further()) {
				this.#described.set(symbol.name, name);
				this.#type(symbol);
			}
		}
	}

	text() {
		if (this.#wordless.length > 0) {
			throw new Error(`These are public and have no words in their JSDoc: ${this.#wordless.join(", ")}.`);
		}
		return `${[
			"<!-- Generated by tools/build/api.js from the JSDoc of the sources: run `make api`. Do not edit. -->",
			"# API reference",
			"All that the package exports, in the words of its sources. Durations are in milliseconds and moments are `Date`s where nothing " +
				"else is said. What fails in `cctoken` is a [`TokenError`](#class-tokenerror); [errors.md](errors.md) has each code with its cause and its remedy.",
			...this.#parts,
		].join("\n\n")}\n`;
	}

	/** @param {string} file */
	#exportsOf(file) {
		const source = this.#program.getSourceFile(join(root, file));
		const module = source && this.#checker.getSymbolAtLocation(source);
		if (!module) {
			throw new Error(`${file} of package.json's exports is not there, or exports nothing.`);
		}
		return this.#checker.getExportsOfModule(module);
	}

	/**
	 * What an export stands for, where it is only handed on.
	 * @param {Exported} symbol
	 * @returns {Exported}
	 */
	#target(symbol) {
		const own = symbol.flags & SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
		return own.flags & SymbolFlags.TypeAlias ? (this.#checker.getDeclaredTypeOfSymbol(own).getAliasSymbol() ?? own) : own;
	}

	/** @param {string} heading @param {Exported[]} symbols @param {(symbol: Exported) => void} describe */
	#section(heading, symbols, describe) {
		if (symbols.length > 0) {
			this.#parts.push(`### ${heading}`);
			symbols.forEach(describe);
		}
	}

	/**
	 * The words on something.
	 * @param {Exported} symbol
	 * @param {string} where for the complaint that there are none
	 */
	#words(symbol, where) {
		const text = symbol.getDocumentationComment(this.#checker) || this.#commentOf(symbol);
		if (!text && !this.#speaksForItself(symbol)) {
			this.#wordless.push(where);
		}
		return text;
	}

	/**
	 * Words that the compiler does not hand out with the symbol: a typedef's stand in the comment that it is a tag of, those
	 * of a property that a constructor makes stand before the assignment.
	 * @param {Exported} symbol
	 */
	#commentOf(symbol) {
		const declaration = /** @type {any} */ (symbol.declarations[0]?.resolve());
		let comment;
		if (symbol.flags & SymbolFlags.TypeAlias) {
			comment = declaration?.parent?.comment;
		} else {
			const statement = [declaration, declaration?.parent, declaration?.parent?.parent].find((node) => node && isExpressionStatement(node));
			comment = statement?.jsDoc?.at(-1)?.comment;
		}
		return typeof comment === "string" ? comment : (comment ?? []).map((/** @type {any} */ part) => part.text ?? "").join("");
	}

	/** Whether the type is one literal, or the name one of the language's own symbols, which says all. @param {Exported} symbol */
	#speaksForItself(symbol) {
		if (symbol.name.startsWith("__@")) {
			return true;
		}
		return !(symbol.flags & SymbolFlags.TypeAlias) && (this.#checker.getTypeOfSymbol(symbol)?.isStringLiteralType() ?? false);
	}

	/**
	 * A type in the sources' notation, linked where it is one that has a section.
	 * @param {Type} type
	 * @param {boolean} [optional] then that it may be absent is said otherwise
	 */
	#typeText(type, optional = false) {
		this.#note(type);
		const text = this.#checker.typeToString(type, undefined, noTruncation);
		return linked(optional ? text.replace(/ \| undefined$/, "").replace(/^\((.*)\)$/, "$1") : text, this.#named);
	}

	/**
	 * Remembers the project's own types that a type names, so that each gets a section.
	 * @param {Type} type
	 */
	#note(type) {
		const alias = type.getAliasSymbol();
		const own = (/** @type {Exported | undefined} */ symbol) =>
			symbol?.declarations.some(({ path }) => path.startsWith(`${root.toLowerCase()}js/`) || path.startsWith(`${root}js/`));
		if (alias && own(alias)) {
			this.#named.has(alias.name) || this.#named.set(alias.name, alias);
			return;
		}
		// Of what the language has, such as Record<string, Connection>.
		for (const part of type.getAliasTypeArguments()) {
			this.#note(part);
		}
		if (type.isUnionType() || type.isIntersectionType()) {
			for (const part of type.getTypes() ?? []) {
				this.#note(part);
			}
		} else if (type.isTypeReference()) {
			for (const part of this.#checker.getTypeArguments(type)) {
				this.#note(part);
			}
		}
		for (const signature of type.isObjectType() && !type.isClassOrInterface()
			? this.#checker.getSignaturesOfType(type, SignatureKind.Call)
			: []) {
			for (const parameter of signature.getParameters()) {
				this.#note(this.#typeOf(parameter));
			}
			this.#note(/** @type {Type} */ (this.#checker.getReturnTypeOfSignature(signature)));
		}
	}

	/** @param {Exported} symbol @returns {Type} */
	#typeOf(symbol) {
		return /** @type {Type} */ (this.#checker.getTypeOfSymbol(symbol));
	}

	/**
	 * A function, or a method of a class.
	 * @param {Exported} symbol
	 * @param {string} owner
	 * @param {number} level of the heading
	 */
	#callable(symbol, owner, level) {
		const words = this.#words(symbol, owner ? `${owner}.${symbol.name}` : symbol.name);
		const signatures = this.#checker.getSignaturesOfType(this.#typeOf(symbol), SignatureKind.Call);
		const tags = this.#tagsOf(symbol, signatures);
		const given =
			signatures.length === 1 ? tags.filter(({ name }) => name === "param").map(({ text = "" }) => text.split(/\s/, 1)[0] ?? "") : [];
		const shapes = signatures.map((signature) => this.#shape(signature, given));
		this.#parts.push(`${"#".repeat(level)} \`${owner ? `${owner}.` : ""}${symbol.name}()\``, words);
		for (const { parameters, returns } of shapes) {
			const list = parameters.map(({ name, optional }) => (optional ? `${name}?` : name)).join(", ");
			this.#parts.push(`\`${symbol.name}(${list})\` returns ${returns}.`);
			if (parameters.length > 0) {
				this.#parts.push(
					rows(
						["parameter", "type", ""],
						parameters.map(({ name, optional, type, text }) => [`\`${name}\`${optional ? ", optional" : ""}`, type, text]),
					),
				);
			}
		}
		for (const { name, text = "" } of tags) {
			if (name === "returns" && text) {
				this.#parts.push(
					`${capital(text)
						.replace(/\.$/, "")
						.replace(/\bTokenError\b/, (type) => linked(type, this.#named))}.`,
				);
			}
			if (name === "throws") {
				this.#parts.push(
					`Throws ${text.replace(/^\{(?:import\("[^"]+"\)\.)?(\w+)\}/, (_, type) => linked(type, this.#named)).replace(/ `/, " `")}.`,
				);
			}
			if (name === "example") {
				this.#parts.push(`\`\`\`js\n${text}\n\`\`\``);
			}
		}
	}

	/**
	 * The tags on a function. One that is taken out of an object has its own where it was written.
	 * @param {Exported} symbol
	 * @param {readonly import("typescript/unstable/sync").Signature[]} signatures
	 */
	#tagsOf(symbol, signatures) {
		const declaration = /** @type {any} */ (signatures[0]?.declaration?.resolve());
		const name = declaration?.name ?? declaration?.parent?.name;
		const written = name && this.#checker.getSymbolAtLocation(name);
		const own = symbol.getJsDocTags(this.#checker);
		return own.length > 0 || !written ? own : written.getJsDocTags(this.#checker);
	}

	/**
	 * @param {import("typescript/unstable/sync").Signature} signature
	 * @param {string[]} [given] the parameters' names in the comment, in their order
	 */
	#shape(signature, given = []) {
		const parameters = signature.getParameters().map((parameter, i) => {
			const type = this.#typeOf(parameter);
			const whole = this.#checker.typeToString(type, undefined, noTruncation);
			const optional = whole === "undefined" || / \| undefined$/.test(whole);
			return {
				// A parameter that is taken apart at once has no name of its own in the code.
				name: parameter.name.startsWith("__") ? (given[i] ?? "options") : parameter.name,
				optional,
				type: this.#typeText(type, optional),
				text: oneLine(parameter.getDocumentationComment(this.#checker)),
			};
		});
		return { parameters, returns: this.#typeText(/** @type {Type} */ (this.#checker.getReturnTypeOfSignature(signature))) };
	}

	/** @param {Exported} symbol */
	#class(symbol) {
		this.#parts.push(`#### class \`${symbol.name}\``, this.#words(symbol, symbol.name));
		const members = [...symbol.getMembers().values()].filter((member) => !member.name.startsWith("__") && !this.#internal(member));
		const methods = members.filter(({ flags }) => flags & SymbolFlags.Method);
		const properties = members.filter((member) => !methods.includes(member) && member.name !== "name");
		if (properties.length > 0) {
			this.#parts.push(this.#table(properties, symbol.name));
		}
		for (const method of methods) {
			this.#callable(method, `${symbol.name.charAt(0).toLowerCase()}${symbol.name.slice(1)}`, 5);
		}
		for (const method of [...symbol.getExports().values()].filter(({ flags }) => flags & SymbolFlags.Method)) {
			if (!this.#internal(method)) {
				this.#callable(method, symbol.name, 5);
			}
		}
	}

	/** @param {Exported} symbol */
	#internal(symbol) {
		return symbol.getJsDocTags(this.#checker).some(({ name }) => name === "internal");
	}

	/** @param {Exported} symbol */
	#type(symbol) {
		const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
		this.#parts.push(`#### type \`${symbol.name}\``, this.#words(symbol, symbol.name));
		const literal = (/** @type {Type} */ part) => part.isLiteralType();
		const parts = type.isUnionType() ? (type.getTypes() ?? []) : [];
		if (type.isObjectType() || type.isIntersectionType()) {
			const signatures = this.#checker.getSignaturesOfType(type, SignatureKind.Call);
			if (signatures.length === 0) {
				this.#parts.push(this.#table([...this.#checker.getPropertiesOfType(type)], symbol.name));
				return;
			}
			signatures.forEach((signature) => this.#shape(signature)); // notes what it names
		}
		for (const part of parts.filter((part) => !literal(part))) {
			this.#note(part);
		}
		// The words have them one by one already.
		const words = this.#words(symbol, symbol.name);
		if (parts.length > 0 && parts.every(literal) && parts.every((part) => words.includes(`\`${part.value}\``))) {
			return;
		}
		this.#parts.push(linkedUnion(this.#checker.typeToString(type, undefined, noTruncation | inTypeAlias), this.#named));
	}

	/**
	 * @param {Exported[]} members
	 * @param {string} owner
	 */
	#table(members, owner) {
		// A member that must be absent is there for the compiler alone.
		const present = members.filter((member) => this.#checker.typeToString(this.#typeOf(member)) !== "undefined");
		const lines = present.map((member) => {
			const type = this.#typeOf(member);
			const optional = Boolean(member.flags & SymbolFlags.Optional);
			return [
				`\`${member.name.replace(/^__@(\w+)@\d+$/, "[Symbol.$1]")}\`${optional ? ", optional" : ""}`,
				this.#typeText(type, optional),
				oneLine(this.#words(member, `${owner}.${member.name}`)),
			];
		});
		return rows(["member", "type", ""], lines);
	}
}

/** @param {string} text @param {ReadonlyMap<string, Exported>} named */
function linked(text, named) {
	const name = /^(?:Promise<)?(\w+)>?$/.exec(text)?.[1] ?? "";
	const symbol = named.get(name);
	return symbol ? `[\`${text}\`](#${symbol.flags & SymbolFlags.Class ? "class" : "type"}-${name.toLowerCase()})` : `\`${text}\``;
}

/** @param {string} text @param {ReadonlyMap<string, Exported>} named */
function linkedUnion(text, named) {
	const parts = text.split(" | ");
	return parts.every((part) => named.has(part)) ? `${parts.map((part) => linked(part, named)).join(" or ")}.` : `\`${text}\``;
}

/** @param {string[]} head @param {string[][]} lines */
function rows(head, lines) {
	const cell = (/** @type {string} */ text) => text.replaceAll("|", "\\|");
	return [head, head.map(() => "---"), ...lines].map((line) => `| ${line.map(cell).join(" | ")} |`).join("\n");
}

/** @param {string} text */
const oneLine = (text) => text.trim().replace(/\s*\n\s*/g, " ");

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + oneLine(text).slice(1);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [, , output] = process.argv;
	if (!output) {
		throw new Error("usage: node tools/build/api.js docs/api.md");
	}
	await writeFile(output, await reference());
}
