package mockserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Listen opens a listener for Serve. It refuses an address that is not loopback: the control endpoints need no token.
func Listen(address string) (net.Listener, error) {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("mock: %w", err)
	}
	if err := requireLoopback(resolved); err != nil {
		return nil, err
	}
	listener, err := net.ListenTCP("tcp", resolved)
	if err != nil {
		return nil, fmt.Errorf("mock: %w", err)
	}
	return listener, nil
}

func requireLoopback(address net.Addr) error {
	if tcp, isTCP := address.(*net.TCPAddr); !isTCP || !tcp.IP.IsLoopback() {
		return fmt.Errorf("mock: %s is not a loopback address", address)
	}
	return nil
}

const shutdownTimeout = 5 * time.Second

// Serve serves on a loopback listener, as from Listen, until the context ends, then lets running requests end. It closes
// the listener.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	if err := requireLoopback(listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	server := s.httpServer()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := server.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	}
	return err
}

// Start serves on a free port of the loopback interface until stop is called, which cuts all connections. The url has
// no path, and no slash at its end.
func (s *Server) Start() (url string, stop func(), err error) {
	listener, err := Listen("127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := s.httpServer()
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // always ends with ErrServerClosed, by stop
	}()
	stop = func() {
		_ = server.Close() // nobody is left to care about connections that were cut
		<-served
	}
	return "http://" + listener.Addr().String(), stop, nil
}

func (s *Server) httpServer() *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				s.connections.Add(1)
			}
		},
	}
}
