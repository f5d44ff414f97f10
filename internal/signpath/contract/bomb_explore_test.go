package contract

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

func wrap(schema string, more string) string {
	return `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/v1/{o}/CIUsers/{id}/Edit":{"post":{"requestBody":{"content":{"application/json":{"schema":` + schema + `}}},"responses":{}}},` +
		`"/v1/{o}/CIUsers/{id}":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":` + schema + `}}}}}}},"components":{"schemas":{` + more + `}}}`
}

func TestExploreBombs(t *testing.T) {
	docs := map[string]string{}
	docs["self allOf"] = wrap(`{"$ref":"#/components/schemas/A"}`, `"A":{"allOf":[{"$ref":"#/components/schemas/A"}]}`)
	docs["self ref"] = wrap(`{"$ref":"#/components/schemas/A"}`, `"A":{"$ref":"#/components/schemas/A"}`)
	docs["ref ring"] = wrap(`{"$ref":"#/components/schemas/A"}`, `"A":{"$ref":"#/components/schemas/B"},"B":{"$ref":"#/components/schemas/A"}`)
	docs["items ring"] = wrap(`{"$ref":"#/components/schemas/A"}`, `"A":{"type":"array","items":{"$ref":"#/components/schemas/A"}}`)
	docs["ring in property"] = wrap(`{"$ref":"#/components/schemas/A"}`, `"A":{"type":"object","properties":{"name":{"$ref":"#/components/schemas/A"},"members":{"$ref":"#/components/schemas/A"}}}`)
	var exp strings.Builder
	for i := range 40 {
		fmt.Fprintf(&exp, `"A%d":{"allOf":[{"$ref":"#/components/schemas/A%d"},{"$ref":"#/components/schemas/A%d"}]},`, i, i+1, i+1)
	}
	docs["exponential allOf"] = wrap(`{"$ref":"#/components/schemas/A0"}`, exp.String()+`"A40":{"properties":{"a":{}}}`)
	exp.Reset()
	for i := range 40 {
		fmt.Fprintf(&exp, `"A%d":{"properties":{"a":{"$ref":"#/components/schemas/A%d"},"b":{"$ref":"#/components/schemas/A%d"}}},`, i, i+1, i+1)
	}
	docs["exponential properties"] = wrap(`{"$ref":"#/components/schemas/A0"}`, exp.String()+`"A40":{"properties":{"a":{}}}`)
	for _, n := range []int{1000, 5000, 9000, 100000} {
		docs[fmt.Sprintf("deep items %d", n)] = wrap(strings.Repeat(`{"items":`, n)+`{}`+strings.Repeat(`}`, n), ``)
		docs[fmt.Sprintf("deep allOf %d", n)] = wrap(strings.Repeat(`{"allOf":[`, n)+`{}`+strings.Repeat(`]}`, n), ``)
		docs[fmt.Sprintf("deep properties %d", n)] = wrap(strings.Repeat(`{"properties":{"a":`, n)+`{}`+strings.Repeat(`}}`, n), ``)
		docs[fmt.Sprintf("deep example %d", n)] = wrap(`{"example":`+strings.Repeat(`[`, n)+strings.Repeat(`]`, n)+`}`, ``)
	}
	docs["yaml alias bomb"] = "openapi: 3.0.1\ninfo: {title: t, version: '1'}\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g]\ni: [*h,*h,*h,*h,*h,*h,*h,*h,*h]\npaths: {}\n"
	docs["yaml self alias"] = "openapi: 3.0.1\ninfo: {title: t, version: '1'}\npaths: &a\n  /v1/{o}/CIUsers: *a\n"
	var wide strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&wide, `"p%d":{"type":"string"},`, i)
	}
	docs["wide 200k properties"] = wrap(`{"$ref":"#/components/schemas/A"}`, `"A":{"properties":{`+wide.String()+`"a":{}}}`)
	wide.Reset()
	for i := range 100_000 {
		fmt.Fprintf(&wide, `"/v1/{o}/CIUsers/x%d":{"get":{"responses":{"200":{"description":"d"}}}},`, i)
	}
	docs["100k paths"] = `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{` + wide.String() + `"/v1/{o}/CIUsers/{id}/Edit":{"post":{"responses":{}}}}}`
	docs["external ref"] = wrap(`{"$ref":"http://127.0.0.1:1/x.json#/A"}`, ``)
	docs["file ref"] = wrap(`{"$ref":"/etc/passwd"}`, ``)
	docs["path ref"] = `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"servers":[{"url":"http://evil.example.com"}],"paths":{"/v1/{o}/CIUsers":{"$ref":"http://127.0.0.1:1/x.json"}}}`
	docs["enum 1M"] = wrap(`{"properties":{"role":{"type":"string","enum":[`+strings.Repeat(`"a",`, 1_000_000)+`"b"]}}}`, ``)
	docs["60 MiB string"] = wrap(`{"description":"`+strings.Repeat("a", 60<<20)+`"}`, ``)
	docs["60 MiB of objects"] = wrap(`{"example":[`+strings.Repeat(`{},`, 20<<20)+`{}]}`, ``)
	docs["20 MiB of schemas"] = wrap(`{"allOf":[`+strings.Repeat(`{},`, 7<<20)+`{}]}`, ``)
	docs["html"] = strings.Repeat("<html>", 1000000)
	docs["yaml deep flow"] = strings.Repeat("[", 20000)
	docs["yaml deep block"] = func() string { var b strings.Builder; for i := range 3000 { b.WriteString(strings.Repeat(" ", i) + "a:\n") }; return b.String() }()
	for name, doc := range docs {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			begin := time.Now()
			done := make(chan string, 1)
			peak := uint64(0)
			go func() {
				d, err := parseDocument([]byte(doc))
				if err != nil {
					done <- err.Error()
					return
				}
				for _, r := range Routes() {
					s, err := Negotiation{d}.Settle(r, kindsOfTest)
					if err == nil {
						_, _ = s.ComposeEdit(Edit{Before: Object{"name": []byte(`"a"`)}, Wanted: Object{"name": []byte(`"b"`)}, Changed: map[string]bool{"name": true}})
					}
					d.compare(r)
				}
				done <- "read"
			}()
			for {
				select {
				case said := <-done:
					runtime.ReadMemStats(&after)
					t.Logf("%d bytes: %v, %d MiB in all, peak heap %d MiB: %.100s", len(doc), time.Since(begin).Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, peak>>20, said)
					return
				case <-time.After(20 * time.Millisecond):
					var now runtime.MemStats
					runtime.ReadMemStats(&now)
					peak = max(peak, now.HeapAlloc)
				}
				if time.Since(begin) > 60*time.Second {
					t.Fatalf("HANGS")
				}
			}
		})
	}
}
