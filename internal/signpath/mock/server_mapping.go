package mock

// Mapping returns the mapping file that a client needs to manage the server: what it was given, and what its dialect
// says besides; "" if it needs none.
func (s *Server) Mapping() string {
	if s.mapping == "" {
		return s.dialect.Mapping()
	}
	return fragment{}.with(s.dialect.Mapping()).with(s.mapping).text()
}
