package keeper

// lines bounds how many requests to vendors are under way at once. A platform that allows
// fewer holds the others back itself, in an order that nobody here knows.
type lines struct {
	most    int // 0 is no bound
	open    int
	waiting []*line
}

type line struct {
	begin func()
	begun bool
	left  bool
}

// take begins a request, now or when those before it have left. leave gives its line to the next one.
func (l *lines) take(begin func()) (leave func()) {
	its := &line{begin: begin}
	l.waiting = append(l.waiting, its)
	l.next()
	return func() {
		if its.left {
			return
		}
		its.left = true
		if its.begun {
			l.open--
		}
		l.next()
	}
}

func (l *lines) next() {
	for len(l.waiting) > 0 && (l.most == 0 || l.open < l.most) {
		its := l.waiting[0]
		l.waiting[0] = nil
		l.waiting = l.waiting[1:]
		if !its.left {
			its.begun = true
			l.open++
			its.begin()
		}
	}
}

// held returns how many wait.
func (l *lines) held() int {
	n := 0
	for _, its := range l.waiting {
		if !its.left {
			n++
		}
	}
	return n
}
