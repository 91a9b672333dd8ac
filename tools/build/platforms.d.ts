// What workerd and edge-light have and other platforms do not, for the check of the sources. It does not ship.
declare module "*.wasm" {
	const module: object;
	export default module;
}

declare module "*.wasm?module" {
	const module: object;
	export default module;
}

declare module "cloudflare:workers" {
	/** Since August 2025. It throws where no request is being handled. */
	export const waitUntil: ((work: Promise<unknown>) => void) | undefined;
}
