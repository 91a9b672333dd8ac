package sample

import "testing"

func TestAdult(t *testing.T) {
	if Adult(17) || !Adult(18) {
		t.Fatal()
	}
}

func TestNear(t *testing.T) {
	if !Near(1) || Near(9) {
		t.Fatal()
	}
}

func TestLast(t *testing.T) {
	if Last(3) != 2 || Last(0) != 0 {
		t.Fatal()
	}
}
