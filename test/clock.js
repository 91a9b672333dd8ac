/** A clock in the test's hands. @returns {import("../js/client/clock.js").Clock & { pass(ms: number): Promise<void>, set(ms: number): void, timers: object[] }} */
export function manualClock() {
	let timers = [];
	const now = { wall: 1_700_000_000_000, mono: 1_000 };
	const advance = (ms) => {
		now.wall += ms;
		now.mono += ms;
	};
	return {
		wall: () => now.wall,
		mono: () => now.mono,
		timer(wake, ms, idle = false) {
			const timer = { at: now.mono + ms, wake, idle };
			timers.push(timer);
			return () => (timers = timers.filter((other) => other !== timer));
		},
		/** Sets the time of day, which is not the time that passes. */
		set(ms) {
			now.wall += ms;
		},
		/** Those that are running. */
		get timers() {
			return timers;
		},
		/** Lets time pass, with every timer at its time. */
		async pass(ms) {
			const end = now.mono + ms;
			for (;;) {
				const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
				if (!next) {
					break;
				}
				timers = timers.filter((other) => other !== next);
				advance(Math.max(0, next.at - now.mono));
				next.wake();
				await settled();
			}
			advance(end - now.mono);
			await settled();
		},
	};
}

/** After everything that could run by itself has run. */
export function settled() {
	return new Promise((resolve) => setTimeout(resolve, 2));
}
