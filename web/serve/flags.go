package main

import (
	"errors"
	"flag"
	"slices"
	"strconv"
	"strings"
	"time"

	"cctoken/sandbox"
)

// sandboxFlags declares a flag for each of the sandbox's options. Which names there are is the sandbox's to say.
func sandboxFlags(flags *flag.FlagSet, options *sandbox.Options) {
	options.Lifetimes = sandbox.Lifetimes{}
	options.Logins = map[sandbox.System]int{}
	var kinds, budgets []string
	for _, system := range sandbox.Systems("") {
		for _, kind := range system.Lifetimes {
			kinds = append(kinds, kind.Name)
		}
		if system.Logins != nil {
			budgets = append(budgets, string(system.Name))
		}
	}
	flags.Func("lifetime", "`time` that all tokens live, a refresh token longer in the documented proportion; or KIND=time, which wins, "+
		"several times, of "+strings.Join(kinds, ", "), func(text string) error {
		kind, life, named := strings.Cut(text, "=")
		if !named {
			life = text
		}
		d, err := time.ParseDuration(life)
		if err != nil || d < time.Second {
			return errors.New("must be a time from 1s up, such as 5s or 2m")
		}
		if named {
			options.Lifetimes[kind] = d
		} else {
			options.Lifetime = d
		}
		return nil
	})
	flags.Func("logins", "`SYSTEM=number` of logins that a user has in a minute before they are intercepted, several times, of "+
		strings.Join(budgets, ", "), func(text string) error {
		system, number, _ := strings.Cut(text, "=")
		n, err := strconv.Atoi(number)
		if err != nil {
			return errors.New("must be a system and a whole number, such as x=5")
		}
		options.Logins[sandbox.System(system)] = n
		return nil
	})
	var readings []string
	for _, reading := range sandbox.AllPaths {
		readings = append(readings, string(reading))
	}
	flags.Func("paths", "`reading` that the servers before the systems make of a path, by default as it is written; one of "+
		strings.Join(readings, ", "), func(text string) error {
		if !slices.Contains(readings, text) {
			return errors.New("there is no such reading")
		}
		options.Paths = sandbox.Paths(text)
		return nil
	})
	flags.Func("allow-origin", "another `origin` whose pages may call the sandbox, several times", func(text string) error {
		options.AllowOrigins = append(options.AllowOrigins, text)
		return nil
	})
}
