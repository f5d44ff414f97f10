package contract

import "testing"

func TestServerVersion(t *testing.T) {
	for answer, want := range map[string]string{
		`{"applicationVersion":"1.220.0","uiBaseUrl":"https://signpath.example.com"}`: "1.220.0",
		`{"Version":"1.176.0"}`:                                       "1.176.0",
		`{"version":"1.176"}`:                                         "1.176",
		`{"productVersion":"1.220.0+5e0f1c"}`:                         "1.220.0",
		`{"apiVersion":"1.0","signPathApplicationVersion":"1.190.3"}`: "1.190.3",
		`{"apiVersion":"1.190.3","fileVersion":"1.190.3"}`:            "1.190.3",
		`{"apiVersion":"1.0","databaseVersion":"77.1"}`:               "",
		`{"applicationVersion":1.22}`:                                 "",
		`{"applicationVersion":"next"}`:                               "",
		`{"applicationVersion":null}`:                                 "",
		`{"release":"1.220.0"}`:                                       "",
		`{"application":{"version":"1.220.0"}}`:                       "",
		`["1.220.0"]`:                                                 "",
		`<html>`:                                                      "",
		``:                                                            "",
	} {
		if got := ServerVersion([]byte(answer)); got != want {
			t.Errorf("%s: got %q, want %q", answer, got, want)
		}
	}
}

func TestIsOlder(t *testing.T) {
	for version, want := range map[string]bool{
		"1.176.0": true, "1.99.2": true, "1.176.9.1": true, "0.9": true, "1.177.0": false, "1.177": false, "1.177.0.0": false, "1.177.1": false,
		"2.0": false, "1.1770.0": false, "1.99999999999999999999.0": false,
	} {
		if IsOlder(version, "1.177.0") != want {
			t.Errorf("%s: got %t", version, !want)
		}
	}
}
