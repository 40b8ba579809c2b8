package sky

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

var sexagesimal = regexp.MustCompile(`^([+-]?)(\d{1,3})[ :hd°]+(\d{1,2})[ :m'′]+(\d{1,2}(?:\.\d*)?)["s″]?$|^([+-]?)(\d{1,3})[ :hd°]+(\d{1,2}(?:\.\d*)?)[m'′]?$`)

// ParseRA reads a right ascension in deg: a number is in deg, or in hours where
// hours says so, "14 39 35.1" (blanks, colons or h, m, s between) always hours,
// minutes and seconds of time.
func ParseRA(text string, hours bool) (float64, error) {
	v, parts, err := parseAngle(text)
	if err != nil {
		return 0, err
	}
	if hours || parts {
		v *= 15
	}
	if v < -360 || v > 360 {
		return 0, fmt.Errorf("right ascension %.40q is beyond 360 deg", text)
	}
	return v, nil
}

// ParseDec reads a declination in deg: a number, or degrees, minutes and
// seconds of arc.
func ParseDec(text string) (float64, error) {
	v, _, err := parseAngle(text)
	if err == nil && math.Abs(v) > 90 {
		err = fmt.Errorf("declination %.40q is beyond 90 deg", text)
	}
	return v, err
}

func parseAngle(text string) (value float64, parts bool, err error) {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\u2212", "-")
	m := sexagesimal.FindStringSubmatch(text)
	if m == nil {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, false, fmt.Errorf("%.40q is not an angle", text)
		}
		return v, false, nil
	}
	sign, whole, minute, second := m[1], m[2], m[3], m[4]
	if whole == "" {
		sign, whole, minute, second = m[5], m[6], m[7], "0"
	}
	number := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v } // digits, as the pattern says
	if number(minute) >= 60 || number(second) >= 60 {
		return 0, false, fmt.Errorf("%.40q has 60 or more minutes or seconds", text)
	}
	value = number(whole) + number(minute)/60 + number(second)/3600
	if sign == "-" {
		value = -value
	}
	return value, true, nil
}
