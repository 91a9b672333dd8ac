// Package sample is what the tests of mutate change.
package sample

// Adult is held from both sides.
func Adult(age int) bool { return age >= 18 }

// Near is held in the middle alone: 5 may be near or not.
func Near(distance int) bool { return distance < 5 }

// Last is as good with any step that gets there.
func Last(n int) int {
	last := 0
	for i := 0; i < n; i++ {
		last = i
	}
	return last
}
