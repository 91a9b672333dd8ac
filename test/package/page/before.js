document.documentElement.dataset.before = Reflect.ownKeys(globalThis).map(String).join();
