// What the tools of workerd and edge-light make of such an import. For the check of the sources; it does not ship.
declare module "*.wasm" {
	const module: object;
	export default module;
}

declare module "*.wasm?module" {
	const module: object;
	export default module;
}
