// The names that the script before this one has added.
{
	const before = document.documentElement.dataset.before.split(",");
	document.documentElement.dataset.added = Reflect.ownKeys(globalThis)
		.map(String)
		.filter((name) => !before.includes(name))
		.join();
	delete document.documentElement.dataset.before;
}
