package keeper_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"cctoken/keeper"
	"cctoken/sandbox"
)

// in plays a test in a world of its own.
func in(t *testing.T, play func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		play(t, w)
	})
}

func TestALoginIsStoredBeforeItsRequestIsSent(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		s := w.storeOf("a")
		s.slow = make(chan struct{})
		go w.ask("a", "/token", cubedrive, nil)
		synctest.Wait()
		require.Zero(t, w.requests("/getLogin"), "nothing is stored yet")
		s.slow <- struct{}{}
		synctest.Wait()
		require.Equal(t, 1, w.requests("/getLogin"))
		s.slow <- struct{}{} // of the token
	})
}

func TestATokenIsStoredBeforeAnybodyGetsIt(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		s := w.storeOf("a")
		s.slow = make(chan struct{})
		got := make(chan answer, 2)
		go func() { got <- w.ask("a", "/token", cubedrive, nil) }()
		synctest.Wait()
		s.slow <- struct{}{} // the login
		synctest.Wait()
		go func() { got <- w.ask("a", "/token", cubedrive, nil) }() // for this one the token is there already
		synctest.Wait()
		require.Empty(t, got, "the token is not stored yet")
		s.slow <- struct{}{}
		synctest.Wait()
		require.Len(t, got, 2)
		first, second := <-got, <-got
		require.Equal(t, first.token, second.token)
		require.NotEmpty(t, first.token)
	})
}

func TestAnEvictedObjectDoesNotLogInAgain(t *testing.T) {
	for name, identity := range map[string]fields{"appcube": appcube("k"), "isales": isales("u"), "cubedrive": cubedrive, "ccmessaging": ccmessaging("u")} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T, w *world) {
				before := w.token("a", identity, nil)
				requests := len(w.sent)
				w.evict("a")
				require.Equal(t, before, w.token("a", identity, nil))
				require.Len(t, w.sent, requests)
			})
		})
	}
}

func TestAnEvictedObjectRefreshesWhatItHad(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("a", isales("u"), nil)
		w.evict("a")
		time.Sleep(6 * time.Minute) // over the token's life, within the refresh token's
		require.NotEqual(t, before, w.token("a", isales("u"), nil))
		require.Equal(t, 1, w.requests("/auth/login"))
		require.Equal(t, 1, w.requests("/auth/refresh"))
	})
}

func TestALoopOfDyingProgramsKeepsTheLoginBudget(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.hangs = func(string) bool { return true }
		for range 20 {
			ctx, leave := context.WithCancel(context.Background())
			go w.askUntil(ctx, "a", "/token", cubedrive, nil)
			synctest.Wait()
			leave()
			w.evict("a") // while the login is on its way
			synctest.Wait()
		}
		require.Equal(t, 5, w.requests("/getLogin"), "the vendor tolerates five in ten minutes")
		a := w.ask("a", "/token", cubedrive, nil)
		require.Equal(t, "login_budget", a.problem.Code)
		require.Equal(t, http.StatusServiceUnavailable, a.status)
		require.InDelta(t, 600, a.problem.RetryAfter, 1)
	})
}

func TestACooldownOutlivesTheProgram(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		wrong := fields{"system": "isales", "baseUrl": base, "user": "u", "passwd": "wrong"}
		a := w.ask("a", "/token", wrong, nil)
		require.Equal(t, http.StatusBadGateway, a.status)
		require.Equal(t, "credentials_refused", a.problem.Code)
		require.Equal(t, 403, a.problem.VendorStatus)
		w.evict("a")
		a = w.ask("a", "/token", wrong, nil)
		require.Equal(t, "cooling_down", a.problem.Code)
		require.Equal(t, "credentials_refused", a.problem.Cause)
		require.Equal(t, "300", a.header.Get("Retry-After"))
		require.Equal(t, 1, w.requests("/auth/login"))
	})
}

func TestARejectedTokenStaysRejectedAfterAnEviction(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.ask("a", "/token", cubedrive, nil)
		w.hangs = func(string) bool { return true } // so that no renewal covers it up
		require.True(t, w.ask("a", "/judge", cubedrive, fields{"serial": before.serial, "sentAgo": 5, "status": 401}).replay)
		w.evict("a")
		w.hangs = func(string) bool { return false }
		require.NotEqual(t, before.token, w.token("a", cubedrive, nil))
	})
}

func TestALateJudgementOfAFormerProgramsTokenKillsNoNewerOne(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.ask("a", "/token", cubedrive, nil)
		after := w.token("a", cubedrive, fields{"rejected": before.token})
		w.evict("a")
		w.ask("a", "/judge", cubedrive, fields{"serial": before.serial, "sentAgo": 5, "status": 401})
		require.Equal(t, after, w.token("a", cubedrive, nil))
		require.Equal(t, 2, w.requests("/getLogin"))
	})
}

func TestARolledTokenIsKept(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		a := w.ask("a", "/token", ccmessaging("u"), nil)
		judged := w.ask("a", "/judge", ccmessaging("u"), fields{"serial": a.serial, "sentAgo": 5, "status": 200, "rolled": "T-rolled"})
		require.True(t, judged.rolled)
		w.evict("a")
		require.Equal(t, "T-rolled", w.token("a", ccmessaging("u"), nil))
	})
}

func TestAKeyThatIsStillListedOpensTheRecord(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("a", cubedrive, nil)
		w.evict("a")
		w.keys = "k2:" + storageKey(2) + ",k1:" + storageKey(1)
		require.Equal(t, before, w.token("a", cubedrive, nil))
		w.token("a", cubedrive, fields{"force": true}) // is sealed under the new key
		w.evict("a")
		w.keys = "k2:" + storageKey(2)
		w.token("a", cubedrive, nil)
		require.Equal(t, 2, w.requests("/getLogin"))
	})
}

func TestARecordUnderAnUnlistedKeyCountsAsAbsent(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("a", cubedrive, nil)
		w.evict("a")
		w.keys = "k2:" + storageKey(2)
		require.NotEqual(t, before, w.token("a", cubedrive, nil))
		require.Contains(t, w.log, keeper.Entry{Event: "record_unreadable", Key: "k1"})
	})
}

func TestARecordThatWasMovedOrDamagedCountsAsAbsent(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		before := w.token("a", cubedrive, nil)
		w.storeOf("b").records[keyOf(cubedrive)] = slices.Clone(w.recordOf("a", cubedrive))
		require.NotEqual(t, before, w.token("b", cubedrive, nil))
		w.evict("a")
		w.storeOf("a").records[keyOf(cubedrive)] = []byte("damaged")
		require.NotEqual(t, before, w.token("a", cubedrive, nil))
		require.Equal(t, 3, w.requests("/getLogin"))
		require.Contains(t, w.events(), "record_unreadable")
	})
}

func TestTheRecordRevealsNothing(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		token := w.token("a", isales("somebody"), nil)
		record := string(w.recordOf("a", isales("somebody")))
		require.NotEmpty(t, record)
		for _, secret := range []string{token, "somebody", "passwd-of", "isales", base} {
			require.NotContains(t, record, secret)
		}
	})
}

func TestWhatCannotBeStoredIsNotDone(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		s := w.storeOf("a")
		s.slow = make(chan struct{})
		got := make(chan answer, 3)
		for range 3 {
			go func() { got <- w.ask("a", "/token", cubedrive, nil) }()
		}
		synctest.Wait()
		s.fails = true
		s.slow <- struct{}{}
		for range 3 {
			a := <-got
			require.Equal(t, http.StatusServiceUnavailable, a.status)
			require.Equal(t, "storage_failed", a.problem.Code)
			require.True(t, a.problem.Retryable)
		}
		require.Zero(t, w.requests("/getLogin"))
		s.fails, s.slow = false, nil
		require.Equal(t, "storage_failed", w.ask("a", "/token", cubedrive, nil).problem.Code, "this program stays as it is")
		w.evict("a")
		w.token("a", cubedrive, nil) // and the next one works
	})
}

func TestARecordThatCannotBeReadStopsEverything(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.storeOf("a").fails = true
		for _, path := range []string{"/token", "/verify", "/judge", "/forget"} {
			require.Equal(t, "storage_failed", w.ask("a", path, cubedrive, fields{"token": "T", "status": 401}).problem.Code, path)
		}
		require.Empty(t, w.sent)
	})
}

func TestAThousandCallersCostOneLogin(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		var all sync.WaitGroup
		tokens := make([]string, 1000)
		for i := range tokens {
			all.Go(func() { tokens[i] = w.ask("a", "/token", cubedrive, nil).token })
		}
		all.Wait()
		require.NotEmpty(t, tokens[0])
		require.Len(t, slices.Compact(tokens), 1)
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

func TestACallerThatLeavesDoesNotEndTheOthersWait(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		require.NoError(t, w.vendors.Inject(sandbox.Fault{System: sandbox.CubeDrive, Endpoint: "login", Kind: "delay", DelayMs: 3000}))
		ctx, leave := context.WithCancel(context.Background())
		left, stayed := make(chan answer, 1), make(chan answer, 1)
		go func() { left <- w.askUntil(ctx, "a", "/token", cubedrive, nil) }()
		synctest.Wait()
		go func() { stayed <- w.ask("a", "/token", cubedrive, nil) }()
		synctest.Wait()
		leave()
		require.Equal(t, http.StatusGatewayTimeout, (<-left).status)
		require.NotEmpty(t, (<-stayed).token)
		require.Equal(t, 1, w.requests("/getLogin"))
	})
}

func TestAVendorThatHangsIsATimeout(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.timeout = 2000
		w.hangs = func(string) bool { return true }
		began := time.Now()
		a := w.ask("a", "/token", appcube("k"), nil)
		require.Equal(t, 2*time.Second, time.Since(began))
		require.Equal(t, http.StatusGatewayTimeout, a.status)
		require.Equal(t, "timeout", a.problem.Code)
		require.Equal(t, "appcube", a.problem.System)
		require.True(t, a.problem.Retryable)
		w.hangs = func(string) bool { return false }
		time.Sleep(time.Minute)
		w.token("a", appcube("k"), nil) // nothing is wedged
	})
}

func TestTenantSpacesAndTheUsersOfAnAppShareOneAccessToken(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		app := fields{"system": "apifabric", "baseUrl": base, "appKey": "app-1", "appSecret": "app-secret-of-app-1"}
		space := func(name string) fields {
			own := maps.Clone(app)
			own["tenantSpaceId"] = name
			return own
		}
		w.token("user", ccmessaging("u"), byObject)
		for object, identity := range map[string]fields{"none": app, "one": space("one"), "two": space("two")} {
			var got struct {
				Headers map[string]string `json:"headers"`
			}
			a := w.ask(object, "/token", identity, byObject)
			require.NoError(t, json.Unmarshal([]byte(a.text), &got))
			require.Contains(t, got.Headers, "Authorization", a.text)
			require.Equal(t, identity["tenantSpaceId"] == nil, got.Headers["X-TenantSpaceID"] == "")
		}
		require.Equal(t, 1, w.requests("/tokenByAkSk"))
		require.Equal(t, 1, w.requests("/applyToken"))
	})
}

func TestUsersOfAnAppShareOneAccessTokenOfItsOwnObject(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		var all sync.WaitGroup
		for i := range 50 {
			user := fmt.Sprint("user-", i)
			all.Go(func() { w.ask(user, "/token", ccmessaging(user), byObject) })
		}
		all.Wait()
		require.Equal(t, 1, w.requests("/tokenByAkSk"))
		require.Equal(t, 50, w.requests("/applyToken"))
		for user, s := range w.stores {
			for _, record := range s.records {
				require.NotContains(t, string(record), "app-secret", user)
			}
		}
	})
}

func TestAnAccessTokenThatDiedIsRenewedOnceForAllItsUsers(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		users := []string{"u1", "u2", "u3"}
		serials := map[string]uint64{}
		for _, user := range users {
			a := w.ask(user, "/token", ccmessaging(user), byObject)
			require.Equal(t, http.StatusOK, a.status, a.text)
			serials[user] = a.serial
		}
		_, err := w.vendors.Revoke(sandbox.Target{System: sandbox.APIFabric, All: true})
		require.NoError(t, err)
		body := []byte(`{"errorCode":"1","exceptionInfo":"auth fail! illegal or expired token info. please apply or refresh the access token from the server!"}`)
		for _, user := range users {
			w.evict(user) // what it had before is in its record, that the AccessToken is dead as well
			a := w.ask(user, "/judge", ccmessaging(user), fields{
				"dependencyObject": "app", "serial": serials[user], "sentAgo": 5, "status": 403, "body": body,
			})
			require.True(t, a.replay, a.text)
		}
		for _, user := range users {
			a := w.ask(user, "/token", ccmessaging(user), fields{"dependencyObject": "app", "instead": serials[user]})
			require.Equal(t, http.StatusOK, a.status, a.text)
			require.NotEqual(t, serials[user], a.serial)
		}
		require.Equal(t, 2, w.requests("/tokenByAkSk"), "the dead one was named, so the object did not give it again")
		require.Equal(t, 3, w.requests("/applyToken"), "the users' own tokens live on")
	})
}

func TestARefusedAppIsToldAsSuchToItsUsers(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		wrong := ccmessaging("u1")
		wrong["appSecret"] = "wrong"
		for i := range 3 {
			wrong["userId"] = fmt.Sprint("u", i)
			a := w.ask(fmt.Sprint("u", i), "/token", wrong, byObject)
			require.Equal(t, http.StatusBadGateway+min(i, 1), a.status, "the first is told what happened, the others that it did")
			require.Equal(t, []string{"credentials_refused", "cooling_down", "cooling_down"}[i], a.problem.Code)
			require.Equal(t, []string{"", "credentials_refused", "credentials_refused"}[i], a.problem.Cause)
			require.Equal(t, "access_token", a.problem.Step)
			require.Equal(t, "ccmessaging", a.problem.System)
			require.Equal(t, 403, a.problem.VendorStatus)
			require.InDelta(t, 300, a.problem.RetryAfter, 1)
			require.NotContains(t, a.text, "wrong")
		}
		require.Equal(t, 1, w.requests("/tokenByAkSk"))
	})
}

func TestAnAppsOutageStaysRetryableForItsUsers(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		require.NoError(t, w.vendors.Inject(sandbox.Fault{System: sandbox.CCMessaging, Endpoint: "apifabric", Kind: "503", Count: 100}))
		first := w.ask("u1", "/token", ccmessaging("u1"), byObject)
		require.Equal(t, http.StatusServiceUnavailable, first.status)
		require.True(t, first.problem.Retryable, first.text)
		second := w.ask("u1", "/token", ccmessaging("u1"), byObject) // in the pause that follows
		require.Equal(t, http.StatusServiceUnavailable, second.status)
		require.True(t, second.problem.Retryable, second.text)
		require.Positive(t, second.problem.RetryAfter)
	})
}

// An outage of hours must not be waited for once it is over, by those who use an app's AccessToken either.
func TestAVendorThatCannotBeReachedIsToldWithAShortRetryAfter(t *testing.T) {
	for name, c := range map[string]struct {
		identity fields
		more     fields
	}{"a session": {appcube("k"), nil}, "a user of an app, whose AccessToken has a keeper of its own": {ccmessaging("u1"), byObject}} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T, w *world) {
				w.cut = true
				codes := map[string]int{}
				for n := range 60 {
					a := w.ask("u1", "/token", c.identity, c.more)
					codes[a.problem.Code]++
					require.True(t, a.problem.Retryable, a.text)
					require.Positive(t, a.problem.RetryAfter)
					require.LessOrEqual(t, a.problem.RetryAfter, 30.0, a.text)
					require.NotEmpty(t, a.header.Get("Retry-After"))
					if n%2 == 1 { // the others come while it cools down
						time.Sleep(time.Duration(a.problem.RetryAfter*1000) * time.Millisecond)
					}
				}
				require.Len(t, codes, 2, "%v", codes)
				require.Positive(t, codes["network"])
				require.Positive(t, codes["cooling_down"])
				w.evict("u1") // a program that is started anew knows how long at most
				w.evict("app")
				require.LessOrEqual(t, w.ask("u1", "/token", c.identity, c.more).problem.RetryAfter, 30.0)
				w.cut = false
				time.Sleep(30 * time.Second)
				require.Equal(t, http.StatusOK, w.ask("u1", "/token", c.identity, c.more).status)
			})
		})
	}
}

func TestAnAccessTokensKeeperWhoseStorageFailsIsAskedOnceMore(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		s := w.storeOf("app")
		s.fails = true
		go func() {
			time.Sleep(time.Millisecond) // before the first pause is over
			s.mu.Lock()
			s.fails = false
			s.mu.Unlock()
			w.evict("app")
		}()
		w.token("u1", ccmessaging("u1"), byObject)
		require.Equal(t, 1, w.requests("/tokenByAkSk"))
	})
}

func TestSeveralIdentitiesOfOneObjectShareNothing(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		first, second := w.token("a", isales("u1"), nil), w.token("a", isales("u2"), nil)
		require.NotEqual(t, first, second)
		w.evict("a")
		require.Equal(t, second, w.token("a", isales("u2"), nil))
		w.token("a", isales("u2"), fields{"force": true}) // writes a record while the other's state is still unread
		w.evict("a")
		require.Equal(t, first, w.token("a", isales("u1"), nil))
		require.Equal(t, 2, w.requests("/auth/login"))
	})
}

func TestAnIdentityIsTheSameInWhateverOrderItsMembersCome(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		text := `{"passwd": "passwd-of-u", "user":"u" , "baseUrl":"` + base + `","system":"isales"}`
		before := w.token("a", isales("u"), nil)
		w.evict("a")
		require.Equal(t, before, w.token("a", rawJSON(text), nil))
	})
}

type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

func TestALiveTokenWritesNothing(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		w.token("a", appcube("k"), nil)
		writes := w.storeOf("a").writes
		for range 100 {
			w.token("a", appcube("k"), nil)
		}
		require.Equal(t, writes, w.storeOf("a").writes)
	})
}

func TestTheLogHoldsNoSecretNoTokenAndNoSubject(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		var secrets []string
		for i, identity := range []fields{isales("subject-1"), ccmessaging("subject-2"), cubedrive, appcube("key-1")} {
			name := fmt.Sprint("object-", i)
			a := w.ask(name, "/token", identity, nil)
			require.NotEmpty(t, a.token, a.text)
			secrets = append(secrets, a.token)
			w.ask(name, "/judge", identity, fields{"serial": a.serial, "sentAgo": 5, "status": 401})
			secrets = append(secrets, w.ask(name, "/token", identity, nil).token)
		}
		require.NotEmpty(t, w.log)
		seen := fmt.Sprintf("%+v", w.log)
		for _, secret := range append(secrets, "subject-", "-of-", "key-1", "vendor.test") {
			require.False(t, strings.Contains(seen, secret), secret)
		}
	})
}

func TestWhoeverIsNotBelievedDoesNotKeepTheAppsTokenFromTheOthers(t *testing.T) {
	in(t, func(t *testing.T, w *world) {
		user := func(name, path string, more fields) answer {
			for key, value := range byObject {
				more[key] = value
			}
			more["user"] = "hash-of-" + name
			return w.ask("a", path, ccmessaging(name), more)
		}
		call := func(name, place string, status int) {
			a := user(name, "/token", fields{})
			require.Equal(t, http.StatusOK, a.status, a.text)
			if user(name, "/judge", fields{"serial": a.serial, "call": place, "sentAgo": 5, "status": status}).replay {
				user(name, "/token", fields{"instead": a.serial})
			}
		}
		names := []string{"u1", "u2", "u3"}
		for _, name := range names {
			call(name, "POST /work-of-"+name, http.StatusOK)
		}
		time.Sleep(6 * time.Minute)
		for _, name := range names { // one after the other loses a right of its own
			call(name, "POST /work-of-"+name, http.StatusUnauthorized)
		}
		for i := range 20 {
			other := user(fmt.Sprint("other-", i), "/token", fields{})
			require.Equal(t, http.StatusOK, other.status, other.text)
			time.Sleep(time.Second)
		}
		require.Equal(t, 2, w.requests("/tokenByAkSk"), "the first of them is believed")
	})
}
