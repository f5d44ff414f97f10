package mockserver_test

import (
	"strconv"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

type dialect struct {
	loud   bool
	tongue string
	pace   int
}

var switches = mockserver.Switches[dialect]{
	mockserver.Flag("loud", "it shouts", func(d *dialect) *bool { return &d.loud }),
	mockserver.Value("pace", "2", "it is fast", strconv.Atoi, func(d *dialect) *int { return &d.pace }),
	mockserver.Choice("tongue-latin", "it is learned", "latin", func(d *dialect) *string { return &d.tongue }),
	mockserver.Choice("tongue-norse", "it is rough", "norse", func(d *dialect) *string { return &d.tongue }),
}

func TestDialects(t *testing.T) {
	for name, want := range map[string]dialect{
		"": {}, " loud , pace=7": {loud: true, pace: 7}, "tongue-norse,tongue-norse": {tongue: "norse"},
	} {
		got, err := switches.Parse(name)
		if err != nil || got != want {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
	for _, name := range []string{"quiet", "pace", "pace=", "pace=fast", "pace=0", "loud=1", "tongue-latin,tongue-norse", "pace=1,pace=2"} {
		if got, err := switches.Parse(name); err == nil {
			t.Errorf("%s: accepted as %+v", name, got)
		}
	}
	for _, single := range switches.Deviations() {
		parsed, err := switches.Parse(single.Name)
		if err != nil || parsed != single.Dialect || single.About == "" || switches.Spell(parsed) != single.Name {
			t.Errorf("%+v: %v, %+v, spelled %q", single, err, parsed, switches.Spell(parsed))
		}
	}
}
