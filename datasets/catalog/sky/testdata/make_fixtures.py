"""Writes motion.json, positions moved by astropy's apply_space_motion, and
match.json, nearest stars of match_to_catalog_sky and search_around_sky.

Run: python make_fixtures.py
"""

import json

import astropy.units as u
import numpy as np
from astropy.coordinates import Angle, SkyCoord
from astropy.time import Time

rng = np.random.default_rng(2021)


def moved(ra, dec, pmra, pmdec, epoch, to):
    start = SkyCoord(
        ra=ra * u.deg, dec=dec * u.deg, pm_ra_cosdec=pmra * u.mas / u.yr, pm_dec=pmdec * u.mas / u.yr,
        frame="icrs", obstime=Time(epoch, format="jyear", scale="tt"),
    )
    return start.apply_space_motion(new_obstime=Time(to, format="jyear", scale="tt"))


# Stars anywhere, near the poles and at right ascension 0, as slow as most and
# as fast as Barnard's star; HARPS epochs and a century.
rows = []
for k in range(300):
    ra, dec = rng.uniform(0, 360), np.degrees(np.arcsin(rng.uniform(-1, 1)))
    if k % 10 == 1:
        dec = rng.choice([-1, 1]) * (90 - 10 ** rng.uniform(-3, 0))
    if k % 10 == 2:
        ra = (rng.normal(0, 1e-4)) % 360
    speed, angle = 10 ** rng.uniform(0, 4.02), rng.uniform(0, 2 * np.pi)
    epoch = rng.choice([1991.25, 2000.0, 2015.5, 2016.0])
    to = rng.uniform(2003, 2023) if k % 5 else epoch + rng.choice([-100, 100])
    pmra, pmdec = speed * np.sin(angle), speed * np.cos(angle)
    at = moved(ra, dec, pmra, pmdec, epoch, to)
    rows.append([ra, dec, pmra, pmdec, epoch, to, at.ra.deg, at.dec.deg])
with open("motion.json", "w") as f:
    json.dump({"columns": "ra dec pmra pmdec epoch to ra_to dec_to", "rows": rows}, f, indent=0)
    f.write("\n")

# A crowded field, both poles and the seam of right ascension; places near some
# of its stars and far from any.
n = 200
ra = np.concatenate([rng.uniform(150, 150.3, n), rng.uniform(0, 360, n), rng.uniform(0, 360, n), rng.normal(0, 0.1, n) % 360])
dec = np.concatenate([
    rng.uniform(-60.2, -60, n), 90 - rng.uniform(0, 0.15, n), -90 + rng.uniform(0, 0.15, n), rng.uniform(-0.1, 0.1, n),
])
speed, angle = 10 ** rng.uniform(0, 3.6, 4 * n), rng.uniform(0, 2 * np.pi, 4 * n)
pmra, pmdec = speed * np.sin(angle), speed * np.cos(angle)
ra, dec, pmra, pmdec = np.round(ra, 7), np.round(dec, 7), np.round(pmra, 2), np.round(pmdec, 2)
to = 2012.25
now = moved(ra, dec, pmra, pmdec, 2000.0, to)
now = SkyCoord(now.ra, now.dec)
pick = rng.integers(0, 4 * n, 150)
places = now[pick].directional_offset_by(rng.uniform(0, 360, 150) * u.deg, 10 ** rng.uniform(-1, 2.3, 150) * u.arcsec)
nearest, separation, _ = places.match_to_catalog_sky(now)
radius = 60
i, j, _, _ = now.search_around_sky(places, radius * u.arcsec)
with open("match.json", "w") as f:
    json.dump({
        "epoch": 2000.0, "to": to, "radius": radius,
        "stars": np.column_stack([ra, dec, pmra, pmdec]).tolist(),
        "places": np.column_stack([places.ra.deg, places.dec.deg]).tolist(),
        "nearest": nearest.tolist(), "separation": separation.arcsec.tolist(),
        "within": [int(np.sum(i == k)) for k in range(150)],
    }, f)
    f.write("\n")

texts = ["14 39 35.08", "14:39:35.08", "14h39m35.08s", "0 0 0", "23 59 59.999", "05 32.5"]
decs = ["-60 50 13.76", "-00 30 00", "+08:52:05.9", "-0d00m01s", "89 59 59.9", "+7 15.5"]
with open("angles.json", "w") as f:
    json.dump({
        "ra": {t: Angle(t, unit=u.hourangle).deg for t in texts},
        "dec": {t: Angle(t, unit=u.deg).deg for t in decs},
        "epoch": {str(m): float(Time(m, format="mjd", scale="tt").jyear) for m in [51544.5, 56010.35955534, 55457.98791873]},
    }, f, indent=0)
    f.write("\n")
