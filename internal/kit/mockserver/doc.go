// Package mockserver is the HTTP part of a mock server: a listener on the loopback interface, latency, faults, a log of
// requests, control endpoints below /_mock/, and routes. It knows no vendor, and imports no other package of this module,
// so that a mock server that is made with it stays a reading of a contract of its own.
//
// A vendor's mock server has a state under a lock, a table of [Route], and embeds the [Server] that [New] makes of a
// [Config]. A [Handler] runs while the lock is held:
//
//	s.Server = mockserver.New(mockserver.Config{
//		Lock:  &s.mutex,
//		Match: mockserver.Routes(refuseUnrouted, mockserver.Route{Method: "GET", Template: "/books/{book}", Handle: s.readBook}),
//		Redact: mockserver.Redaction("client_secret"),
//	})
//
//	func (s *Server) readBook(c *mockserver.Call) mockserver.Answer {
//		return mockserver.JSON(http.StatusOK, s.books[c.Variables["book"]])
//	}
//
// # Faults
//
// A [Fault] makes requests go wrong:
//
//	any status, headers and body            FaultAnswer, FaultAnswerAfterActing; BodyBytes for a body of 10 MB
//	the HTML of a proxy, wrong JSON         the same, or FaultMalformedBody with a Body, which keeps the status
//	truncated JSON                          FaultMalformedBody
//	a delay                                 FaultDelay
//	no answer, before or after acting       FaultCutBeforeActing, FaultCutAfterActing
//	a cut in the middle of the body         FaultCutBody
//	a property missing in an answer         FaultHideProperties
//	somebody else in between                FaultNone with Before
//
// A vendor has further ones in Config.OwnFaults. An answer that a fault changed or replaced has the header "Mock-Fault"
// with the action.
//
// # Control endpoints
//
// They are for other processes, such as a shell script, and need no token, which is why a server listens on a loopback
// address only. Bodies and answers are JSON; a refused request answers 400 with {"error": "…"}. A vendor adds its own by a table of
// [Controls]. GET /_mock/ lists all of them, and so does a help that is made of [Controls.Entries].
package mockserver
