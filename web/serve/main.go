// Command serve is the local server: the agent console, and the sandbox of the vendor systems, on one origin.
//
//	go run ./web/serve -addr 127.0.0.1:8787 -lifetime 5s
//
// It is for development. It logs no requests: their URLs may hold tokens.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"cctoken/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until ctx ends, and returns the exit code: 1 when it cannot serve, 2 for wrong flags.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8787", "address to listen on; port 0 takes a free one")
	rootDir := flags.String("root", ".", "folder of the repository, with js/, dist/ and web/ in it")
	var options sandbox.Options
	sandboxFlags(flags, &options)
	var connect []string
	flags.Func("connect", "a further origin that the page may call: an edge, or a vendor; may be given several times", func(text string) error {
		origin, err := originOf(text)
		connect = append(connect, origin)
		return err
	})
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintln(stderr, "serve: there are no arguments, only flags: see -help")
		return 2
	}
	if err := options.Check(); err != nil {
		fmt.Fprintln(stderr, "serve:", err)
		return 2
	}
	root, err := os.OpenRoot(*rootDir)
	if err != nil {
		fmt.Fprintln(stderr, "serve: -root is not a folder that can be read")
		return 1
	}
	defer root.Close()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		fmt.Fprintln(stderr, "serve:", listenProblem(*addr, err))
		return 1
	}
	fmt.Fprintf(stdout, "listening on http://%s\n", listener.Addr())
	if err := serve(ctx, listener, handler(sandbox.New(options), static{root, connect})); err != nil {
		fmt.Fprintln(stderr, "serve:", err)
		return 1
	}
	return 0
}

func listenProblem(addr string, err error) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		return addr + " is in use: end what listens there, or choose another address with -addr"
	}
	return "cannot listen: " + err.Error()
}

// handler gives the sandbox its paths, and files the rest.
func handler(vendors, files http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sandbox.Owns(r.URL.Path) {
			vendors.ServeHTTP(w, r)
			return
		}
		files.ServeHTTP(w, r)
	})
}

// serve answers until ctx ends, and then lets running requests end for a moment.
func serve(ctx context.Context, listener net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		// No WriteTimeout: a delay fault may last ten minutes.
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		server.Close() // a delay fault is not waited for
	}
	return nil
}
