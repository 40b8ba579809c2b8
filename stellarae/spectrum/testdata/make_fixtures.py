"""Writes the files beside this script from numpy, scipy and astropy.

    python make_fixtures.py            the small FITS files and golden.json
    python make_fixtures.py --real DIR real_paper.json: hashes of the prepared
                                       spectra of DIR/spectra that sit on the raster

The full-size spectra are not stored: synthetic() below and its twin in
preset_test.go make them from the same integers.
"""

import argparse
import decimal
import gzip
import hashlib
import io
import json
import pathlib

import numpy as np
from astropy.io import fits
from scipy import integrate

HERE = pathlib.Path(__file__).parent


# --- Preparation as in Sedaghat et al. 2021 ---------------------------------

PAPER = dict(start=3785.0, step=0.01, samples=312501, pad_left=7589, pad_right=7590,
             masked=[[0, 7588], [159453, 162893], [320090, 327679]])
MINI = dict(start=4960.0, step=0.16, samples=2048, pad_left=0, pad_right=0, masked=[])
ODD = dict(start=5000.0, step=0.25, samples=401, pad_left=10, pad_right=4,
           masked=[[0, 9], [100, 130], [411, 414]])


def prepare(wave, flux, grid):
    """The published formulas in numpy: prepared flux, its scale, and what the
    scale would be if the masked samples took no part."""
    wave = np.asarray(wave).astype(np.float32)
    flux = np.asarray(flux).astype(np.float32)
    end = grid["start"] + (grid["samples"] - 1) * grid["step"]
    keep = (wave >= grid["start"] - 1e-5) & (wave <= end + 1e-5)
    flux = flux[keep]
    assert len(flux) == grid["samples"], len(flux)
    flux = np.pad(flux, (grid["pad_left"], grid["pad_right"]))
    mask = np.ones(len(flux), dtype=np.float32)
    for first, last in grid["masked"]:
        mask[first:last + 1] = 0
    scale = np.median(flux * mask)
    assert scale.dtype == np.float32
    out = flux / scale
    assert out.dtype == np.float32
    return out, scale, np.median(flux[mask == 1])


def sha256(values):
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<f4").tobytes()).hexdigest()


# --- Synthetic spectra of integers ------------------------------------------

def synthetic(seed, n, gap=0):
    """Flux of n samples, made of integers below 2^24 so that float32 is exact: a
    rising continuum with noise, lines, a faint blue end with negative values, and
    in the middle, where the two detectors of HARPS meet, a gap that holds the value gap."""
    i = np.arange(n, dtype=np.uint64)
    word = np.uint64(0xFFFFFFFF)
    h = (i * np.uint64(2654435761) + np.uint64(seed) * np.uint64(40503)) & word
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(2246822519)) & word
    h ^= h >> np.uint64(13)
    h = h.astype(np.int64)
    i = i.astype(np.int64)
    flux = 20000 + i // 64 - (h >> 20)
    flux = np.where(i % 997 < 60, flux // 4, flux)
    flux = np.where(i < n // 20, (h >> 18) - 4000, flux)
    first = n * 486 // 1000
    flux = np.where((i >= first) & (i < first + n // 95), gap, flux)
    return flux.astype(np.float32)


CASES = [
    # name, grid, first wavelength, seed, samples, gap, divisor, wavelengths rounded to float32
    ("pipeline product", PAPER, 3781.73, 1, 313156, 0, 1, False),
    ("exactly the range", PAPER, 3785.0, 2, 312501, 0, 1, False),
    ("gap of ones", PAPER, 3780.45, 3, 313198, 1, 1, False),
    ("fractions", PAPER, 3781.19, 4, 313114, 0, 7, False),
    ("wavelengths in float32", PAPER, 3781.7, 5, 313155, 0, 3, True),
    ("mini grid", MINI, 4960.0, 6, 2048, 0, 3, False),
    ("odd length", ODD, 4999.0, 7, 420, 0, 7, False),
]


def presets():
    cases = []
    for name, grid, start, seed, n, gap, divisor, single in CASES:
        wave = start + np.arange(n) * grid["step"]
        if single:
            wave = wave.astype(np.float32)
        flux = synthetic(seed, n, gap) / np.float32(divisor)
        out, scale, unmasked = prepare(wave, flux, grid)
        cases.append(dict(name=name, grid=grid, start=start, seed=seed, samples=n, gap=gap,
                          divisor=divisor, single=single, sha256=sha256(out),
                          scale=float(scale), scale_of_unmasked=float(unmasked)))
    return cases


def medians():
    cases = []
    for seed, n in [(1, 1), (2, 2), (3, 7), (4, 256), (5, 257), (6, 1000), (7, 4001)]:
        values = (synthetic(seed, n) - np.float32(9000)) / np.float32(11)
        cases.append(dict(seed=seed, n=n, median=float(np.median(values))))
    return cases


# --- Refraction, in 40 digits ------------------------------------------------

def refraction():
    decimal.getcontext().prec = 40
    d = decimal.Decimal
    rows = []
    for vacuum in ["2000.5", "2500", "3785", "5000", "5891.5833", "6910", "10000", "25000"]:
        s2 = (d(10000) / d(vacuum)) ** 2
        morton = 1 + d("8.34254e-5") + d("2.406147e-2") / (130 - s2) + d("1.5998e-4") / (d("38.9") - s2)
        ciddor = 1 + d("0.05792105") / (d("238.0185") - s2) + d("0.00167917") / (d("57.362") - s2)
        rows.append(dict(vacuum=float(vacuum), morton=float(d(vacuum) / morton), ciddor=float(d(vacuum) / ciddor)))
    return rows


# --- Resampling and broadening on irregular wavelengths ----------------------

def borders(wave):
    middle = (wave[1:] + wave[:-1]) / 2
    return np.concatenate([[2 * wave[0] - middle[0]], middle, [2 * wave[-1] - middle[-1]]])


def irregular(n=240):
    i = np.arange(n)
    wave = 5000 + 0.05 * i + 0.012 * np.sin(i * 0.7)
    flux = (1000 + 40 * np.cos(i * 0.31) - 600 * np.exp(-0.5 * ((i - 120) / 3.0) ** 2)).astype(np.float32)
    err = (10 + 3 * np.sin(i * 0.9)).astype(np.float32)
    return wave, flux, err


def resample():
    """Flux by differences of the cumulative integral; errors by a matrix of overlaps."""
    wave, flux, err = irregular()
    target = 5001.3 + 0.083 * np.arange(100)
    edges, to = borders(wave), borders(target)
    cumulative = np.concatenate([[0], np.cumsum(flux.astype(float) * np.diff(edges))])
    mean = np.diff(np.interp(to, edges, cumulative)) / np.diff(to)
    overlap = np.clip(np.minimum(edges[None, 1:], to[1:, None]) - np.maximum(edges[None, :-1], to[:-1, None]), 0, None)
    error = np.sqrt((overlap ** 2 * err.astype(float) ** 2).sum(1)) / overlap.sum(1)
    return dict(wave=wave.tolist(), flux=flux.tolist(), err=err.tolist(),
                target=target.tolist(), want=mean.tolist(), want_err=error.tolist())


def broaden(resolving_power=11000.0):
    """The whole Gaussian over all samples, as a matrix."""
    wave, flux, err = irregular()
    sigma = wave / resolving_power / (2 * np.sqrt(2 * np.log(2)))
    w = np.exp(-0.5 * ((wave[None, :] - wave[:, None]) / sigma[:, None]) ** 2) * np.diff(borders(wave))[None, :]
    w /= w.sum(1, keepdims=True)
    return dict(resolving_power=resolving_power, want=(w @ flux.astype(float)).tolist(),
                want_err=np.sqrt((w ** 2) @ (err.astype(float) ** 2)).tolist())


def rotate(vsini=14.0, epsilon=0.6):
    """Gray's profile integrated numerically over every pixel."""
    wave, flux, _ = irregular()
    edges = borders(wave)

    def profile(x):
        root = max(0.0, 1 - x * x)
        return (2 * (1 - epsilon) * root ** 0.5 + np.pi * epsilon / 2 * root) / (np.pi * (1 - epsilon / 3))

    want = []
    for centre in wave:
        limit = centre * vsini / 299792.458
        x = np.clip((edges - centre) / limit, -1, 1)
        w = np.array([integrate.quad(profile, a, b, epsabs=1e-12)[0] if b > a else 0.0 for a, b in zip(x[:-1], x[1:])])
        want.append(float(w @ flux.astype(float) / w.sum()))
    return dict(vsini=vsini, epsilon=epsilon, want=want)


# --- Small FITS files ---------------------------------------------------------

def describe(wave, flux, err):
    return dict(n=len(wave), first=float(wave[0]), last=float(wave[-1]),
                flux=sha256(flux), err="" if err is None else sha256(err))


def files():
    n = 500
    flux = synthetic(8, n) / np.float32(7)
    err = np.sqrt(np.abs(flux)).astype(np.float32) + np.float32(1)
    out = {}

    # An archive product as the HARPS pipeline's are, here with errors.
    wave = 3781.73 + np.arange(n) * 0.01
    primary = fits.PrimaryHDU()
    h = primary.header
    h["OBJECT"], h["DATE-OBS"], h["SPECSYS"], h["SNR"] = "HD 1", "2012-03-24T08:37:45.581", "BARYCENT", 85.5
    h["ARCFILE"] = "ADP.2014-09-23T11:01:38.230.fits"
    h["HIERARCH ESO TEL AIRM START"], h["HIERARCH ESO TEL AIRM END"] = 1.25, 1.5
    h["HIERARCH ESO DRS BERV"] = 18.25
    h["HIERARCH ESO TEL TARG RADVEL"] = -22.0
    table = fits.BinTableHDU.from_columns([
        fits.Column("WAVE", f"{n}D", unit="angstrom", array=[wave]),
        fits.Column("FLUX", f"{n}E", unit="adu", array=[flux]),
        fits.Column("ERR", f"{n}E", unit="adu", array=[err]),
        fits.Column("QUAL", f"{n}J", array=[np.zeros(n, dtype=np.int32)])], name="SPECTRUM")
    table.header["TUCD1"] = "em.wl;obs.atmos"
    fits.HDUList([primary, table]).writeto(HERE / "phase3.fits", overwrite=True)
    out["phase3.fits"] = describe(wave, flux, err)

    # Mixed case, vacuum, nm, errors all NaN, topocentric, a measured velocity.
    nm = (5000 + np.arange(n) * 0.02) / 10
    primary = fits.PrimaryHDU()
    h = primary.header
    h["SPECSYS"], h["AIRMASS"] = "TOPOCENT", 1.75
    h["HIERARCH ESO QC BERV"], h["HIERARCH ESO QC CCF RV"] = -3.5, 12.5
    table = fits.BinTableHDU.from_columns([
        fits.Column("Flux", f"{n}D", array=[flux]),
        fits.Column("Err", f"{n}E", array=[np.full(n, np.nan)]),
        fits.Column("Wave", f"{n}D", unit="nm", array=[nm])])
    table.header["TUCD3"] = "em.wl;meta.main"
    buffer = io.BytesIO()
    fits.HDUList([primary, table]).writeto(buffer)
    (HERE / "vacuum.fits.gz").write_bytes(gzip.compress(buffer.getvalue(), mtime=0))
    out["vacuum.fits.gz"] = describe(nm * 10, flux, None)

    # Rows of scalars, falling wavelengths, after an image that is no spectrum.
    m = 120
    air = (5000 + np.arange(m) * 0.01)[::-1]
    table = fits.BinTableHDU.from_columns([
        fits.Column("wavelength", "D", unit="Angstrom", array=air * 1.00028),
        fits.Column("wavelength_air", "D", unit="Angstrom", array=air),
        fits.Column("flux", "D", array=flux[:m]),
        fits.Column("error", "D", array=err[:m]),
        fits.Column("quality", "J", array=np.zeros(m, dtype=np.int32))])
    image = fits.ImageHDU(np.zeros((3, 4), dtype=np.int16))
    fits.HDUList([fits.PrimaryHDU(), image, table]).writeto(HERE / "rows.fits", overwrite=True)
    out["rows.fits"] = describe(air[::-1], flux[:m][::-1], err[:m][::-1])

    # A pipeline image, another whose reference pixel is not the first, a logarithmic one.
    image = fits.PrimaryHDU(flux)
    h = image.header
    h["CRPIX1"], h["CRVAL1"], h["CDELT1"], h["CTYPE1"] = 1.0, 3781.19, 0.01, "Angstrom"
    h["OBJECT"] = "Gl581"
    h["HIERARCH ESO DRS BERV"] = -23.5438771778635
    h["HIERARCH ESO DRS SPE EXT SN50"] = 40.9
    h["HIERARCH ESO TEL AIRM START"], h["HIERARCH ESO TEL AIRM END"] = 1.691, 1.839
    h["HIERARCH ESO TEL TARG RADVEL"] = -99999.0
    image.writeto(HERE / "s1d.fits", overwrite=True)
    wave = 3781.19 + np.arange(n) * 0.01
    out["s1d.fits"] = describe(wave, flux, None)

    image = fits.PrimaryHDU((flux * 100).astype(np.int32)[None, :])
    h = image.header
    h["CRPIX1"], h["CRVAL1"], h["CD1_1"], h["CUNIT1"], h["CTYPE1"], h["BSCALE"] = 11.0, 500.0, 0.001, "nm", "WAVE", 1.0
    image.writeto(HERE / "image.fits", overwrite=True)
    out["image.fits"] = describe(5000 + (np.arange(n) - 10) * 0.01, (flux * 100).astype(np.int32), None)

    image = fits.PrimaryHDU(flux.astype(np.float64))
    h = image.header
    h["CRVAL1"], h["CDELT1"], h["DC-FLAG"], h["CTYPE1"] = 3.7, 1e-5, 1, "LINEAR"
    image.writeto(HERE / "log.fits", overwrite=True)
    out["log.fits"] = describe(10 ** (3.7 + 1e-5 * np.arange(n)), flux, None)
    return out


def real(folder):
    hashes = {}
    for path in sorted((pathlib.Path(folder) / "spectra").glob("*.fits")):
        with fits.open(path) as hdus:
            h, flux = hdus[0].header, hdus[0].data
            wave = h["CRVAL1"] + np.arange(len(flux)) * h["CDELT1"]
            if h["CDELT1"] != 0.01:
                continue
            hashes[path.name] = sha256(prepare(wave, flux, PAPER)[0])
    (HERE / "real_paper.json").write_text(json.dumps(hashes, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", metavar="DIR")
    folder = parser.parse_args().real
    if folder:
        real(folder)
    else:
        golden = dict(presets=presets(), medians=medians(), refraction=refraction(), resample=resample(),
                      broaden=broaden(), rotate=rotate(), files=files())
        (HERE / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
