package api_test

import "testing"

func TestUsersOfEachKindAreDeactivatedAndActivated(t *testing.T) {
	for _, who := range []string{lead, builder} {
		o := inProcess(t)
		for _, active := range []bool{false, true} {
			o.must(doSetActive(who, active)(t.Context(), o))
			user, err := o.User(who)
			o.must(err)
			if user.Active != active {
				t.Errorf("%s is active: %t, want %t", who, user.Active, active)
			}
		}
	}
}
