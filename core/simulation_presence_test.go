package core

import (
	"fmt"
	"strings"
)

// attend lets somebody ask for a person's token, or have an errand done.
func (w *world) attend(p person, id SessionID, want Want) {
	s, seen := w.client.session(id), w.sessions[id]
	held := seen.held
	if w.chance(50) {
		mustUse := held != nil && want.Rejected != held.Value && w.good(held)
		d := w.client.Get(id, w.now, want)
		w.say("%s asks %+v: %v", p.name, want, d.Kind)
		w.rule(!mustUse || d.Kind == Use, "5: a good token is not handed out")
		w.rule(d.Kind != Wait || s.task != nil, "14: a token is on its way that nobody signs in for")
		switch d.Kind {
		case Use:
			w.rule(d.Token.Value != want.Rejected, "6: a token is handed out to who says that it was rejected")
			w.use(p, d.Token)
		case Wait:
			w.waiting[d.Acquisition] = append(w.waiting[d.Acquisition], &simulatedCaller{p, Want{}, w.now, true, false, id, Place{}, nil})
		case Fail:
			w.clean(d.Err)
			w.rule(d.Err.Code == SignedOut && absence(string(d.Err.Why)) != "", "14: who is not signed in is told %v", d.Err)
		}
		w.obey()
		return
	}
	errand := pick(w, []Errand{SignIn, SignIn, SignIn, SignInByForce, SignOut, KeepAlive, KeepAlive})
	before, busy := s.task, s.presence != nil && s.presence.errand != nil
	d := w.client.Attend(id, errand, w.now)
	w.say("%s has errand %d done: %v", p.name, errand, d.Kind)
	switch d.Kind {
	case Use:
		if errand == SignIn {
			w.use(p, d.Token)
		}
		w.rule(errand <= SignOut, "14: a sign of life is given at once")
		w.rule(errand != SignOut || !busy, "14: a sign-out is done while another is under way")
	case Wait:
		if errand >= SignOut {
			w.errands[d.Acquisition] = true
		} else if s.task != before {
			w.permits[id]++ // and no more than one, however it ends
		}
		w.waiting[d.Acquisition] = append(w.waiting[d.Acquisition], &simulatedCaller{p, Want{Force: errand == SignInByForce}, w.now, true, false, id, Place{}, nil})
	case Fail:
		w.clean(d.Err)
		w.rule(errand == KeepAlive || d.Err.Code == CoolingDown, "14: an errand of a person's fails by %v", d.Err)
		w.rule(d.Err.Code != CoolingDown || d.Err.RetryAt > w.now.Wall, "8: a waiting time that is over stops an attempt")
	}
	w.obey()
}

// vacate ends whatever session a person has at the vendor.
func (w *world) vacate(owner string) {
	for _, i := range w.issued {
		i.ended = i.ended || i.owner == owner && i.whole
	}
}

// errand answers a sign-out or a sign of life.
func (w *world) errand(f *flying) {
	owner := w.owner(f.request)
	carried := f.request.Headers[1].Value
	s := w.client.session(f.session)
	current := s != nil && s.held.token == carried
	i := w.issued[carried]
	r := Response{Status: 200, Body: []byte(`{"retcode":"0","result":{}}`)}
	switch {
	case i.ended || w.age(i) >= i.life:
		r.Body = []byte(`{"retcode":"100-006","result":""}`)
	case f.request.Step == StepSignOut:
		w.vacate(owner)
		if current {
			i.dead = true
		}
	case !strings.HasSuffix(owner, "103") && w.chance(60):
		r.Rolled = "JSESSIONID=" + w.roll(owner, f.sent)
	}
	delete(w.auditor.flying, f.id)
	w.say("errand %d is answered %s %s", f.id, r.Body, r.Rolled)
	w.signOfLife(s, carried, f.sent, r, f.request.URL)
	w.client.Answered(f.id, w.now, r)
	w.adopted(s, r)
}

// roll issues the token that follows a person's last one.
func (w *world) roll(owner string, asked Instant) string {
	token := fmt.Sprintf("TOKEN-%d", len(w.values))
	w.values = append(w.values, token)
	w.issued[token] = &issue{owner: owner, life: 2 * minute, asked: asked, whole: true}
	return token
}

// signOfLife has a token that does not change live on, where the answer to a call of that kind does not say otherwise: of a
// long one, not all hosts look at the body.
func (w *world) signOfLife(s *session, carried string, sent Instant, r Response, url string) {
	i := w.issued[carried]
	if s != nil && s.held.token == carried && strings.HasSuffix(i.owner, "103") && strings.HasSuffix(url, "/handshake") &&
		r.Status == 200 && (strings.HasPrefix(string(r.Body), "<") || strings.Contains(string(r.Body), `"0"`)) && w.now.Since(sent) < w.age(i) {
		i.asked = sent
	}
}

// adopted notes what a session holds after an answer that brought it a token.
func (w *world) adopted(s *session, r Response) {
	token := strings.TrimPrefix(r.Rolled, "JSESSIONID=")
	if s != nil && token != "" && s.held.token == token {
		w.auditor.adopt(w, s.id, token)
	}
}

// agentCall answers a business call of a person who is, or was, signed in.
func (w *world) agentCall(who person, s *session, t Token) {
	i := w.issued[t.Value]
	url := "https://g/agentgateway/resource/onlineagent/" + strings.TrimPrefix(who.name, "ccgateway ") + pick(w, []string{"/handshake", "/handshake", "/saybusy", "/logout"})
	r := Response{Status: 200, Body: []byte(`{"retcode":"0","result":{}}`)}
	dead := false
	switch {
	case i.ended || w.age(i) >= i.life:
		r.Body, dead = []byte(`{"retcode":"100-006","result":""}`), true
	case strings.HasSuffix(url, "/logout") && w.chance(70):
		r.Body = []byte(`{"retcode":"000-003","result":""}`)
	case strings.HasSuffix(url, "/logout"):
		w.vacate(who.name)
	case w.chance(30):
		r = Response{Status: pick(w, []int{200, 401, 403, 500, 502}), Body: []byte(pick(w, []string{"<html>", `{"retcode":"000-003","result":""}`, `{"retcode":"000-004","result":""}`}))}
	case !strings.HasSuffix(who.name, "103") && w.chance(60):
		r.Rolled = "JSESSIONID=" + w.roll(who.name, w.now)
	}
	current := s.held.token != "" && s.held.token == t.Value && t.Serial >= s.since
	held, usable := w.client.Token(t.Session, w.now)
	w.signOfLife(s, t.Value, w.now, r, url)
	before := s.task
	o := w.client.Judge(t.Session, t.Serial, Place{Call: "POST " + url}, w.now, w.now, r)
	w.say("%s calls %s with serial %d of session %d (current %v): %s, %s: %+v", who.name, url, t.Serial, t.Session, current, r.Body, r.Rolled, o)
	w.rule(s.task == before, "14: an answer to a call signs somebody in")
	w.rule(!o.Replay || !current && dead, "6: a call is replayed that a newer token would not help")
	w.rule(o.Rolled == (r.Rolled != "" && current), "7: a rolled token is adopted exactly where the call carried the current one")
	after, still := w.client.Token(t.Session, w.now)
	w.rule(current || !usable || still && after.Value == held.Value, "6: a late answer for an older token kills the newer one")
	w.rule(!current || !dead || !still, "14: a session outlives the vendor's word that it is over")
	if dead && current || !still && usable {
		i.dead = true
	}
	w.adopted(s, r)
	w.obey()
	if o.Replay {
		d := w.client.Get(s.id, w.now, Want{Instead: t.Serial})
		w.rule(d.Kind == Use && d.Token.Serial != t.Serial, "6: a call is replayed without a newer token")
	}
}
