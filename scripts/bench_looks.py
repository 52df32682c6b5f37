"""Draws photographs, times commands alternately, and scores what they made. Called by bench-looks.sh.

A part is a function that yields rows: (name, commands of ours, commands of the peer). A part for another look is one more
function and one more entry in PARTS.
"""
import glob
import os
import statistics
import subprocess
import sys

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

Image.MAX_IMAGE_PIXELS = None
PHOTOS = 8


def draw(work):
    """Photographs of 6000 x 4000 with the spectrum and the grain of real ones: sky, land, structure of all sizes, noise."""
    for seed in range(PHOTOS):
        rng, (width, height) = np.random.default_rng(seed), (6000, 4000)
        structure, strength = np.zeros((height, width, 3), np.float32), 1.0
        for octave in range(2, 11):
            grid = rng.random((max(2, 2**octave * 2 // 3), 2**octave, 3)).astype(np.float32) - 0.5
            grid = 1.3 * grid.mean(axis=2, keepdims=True) + 0.25 * grid
            for channel in range(3):
                layer = Image.fromarray(grid[..., channel]).resize((width, height), Image.BICUBIC)
                structure[..., channel] += strength * np.asarray(layer)
            strength *= 0.62
        structure *= 0.22 / structure.std()
        down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        ridge = Image.fromarray(rng.random((1, 12)).astype(np.float32)).resize((width, 1), Image.BICUBIC)
        land = 1 / (1 + np.exp(-(down - 0.45 - 0.1 * np.asarray(ridge)[:, :, None]) * 400))
        sky = np.array([0.35, 0.55, 0.85], np.float32) * (1.1 - 0.5 * down)
        soil = np.array([0.45, 0.38, 0.22], np.float32) * (0.6 + 0.7 * down)
        picture = sky * (1 - land) + soil * land + structure * (0.25 + 0.75 * land)
        picture += rng.normal(0, 0.012, (height, width, 1)).astype(np.float32)
        picture = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
        picture.save(f"{work}/p{seed}.jpg", quality=90, subsampling=2)
        if seed == 0:
            picture.save(f"{work}/24mp.png", compress_level=4)
            picture.resize((1800, 1200), Image.LANCZOS).save(f"{work}/2mp.png", compress_level=6)


# A process begins with the peak of the one that started it, so a small one starts each command.
RUNNER = """
import os, sys
child = os.fork()
if child == 0:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, used = os.wait4(child, 0)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def timed(commands):
    """CPU seconds and peak megabytes of some commands, one after another."""
    seconds, peak = 0.0, 0.0
    for command in commands:
        told = subprocess.run([sys.executable, "-IS", "-c", RUNNER, *command], capture_output=True, text=True, check=True)
        status, used, kilobytes = (float(word) for word in told.stdout.split())
        if status != 0:
            raise SystemExit(f"failed: {' '.join(command)}")
        seconds += used
        peak = max(peak, kilobytes / 1024)
    return seconds, peak


def thumb(work, program):
    photos = sorted(glob.glob(f"{work}/p*.jpg"))
    for folder in ("ours", "theirs"):
        os.makedirs(f"{work}/{folder}", exist_ok=True)
    ours = lambda sizes: [[program, "look", "thumb", *photos, "--sizes", sizes, "--out", f"{work}/ours", "--threads", "1"]]
    vips = lambda size: ["vipsthumbnail", "--size", str(size), "--eprofile", "srgb", "-o", f"{work}/theirs/%s_{size}.jpg[Q=80]", *photos]
    for size in (256, 512, 1024):
        yield f"{PHOTOS} JPEGs to {size}, vipsthumbnail", ours(str(size)), [vips(size)], None
    sizes = (256, 512, 1024)
    yield f"{PHOTOS} JPEGs to all three, vipsthumbnail", ours("256,512,1024"), [vips(size) for size in sizes], None


def dither(work, program):
    for size in ("24mp", "2mp"):
        source = f"{work}/{size}.png"
        for colours in (2, 8, 16):
            out, other = f"{work}/ours.png", f"{work}/theirs.png"
            ours = [[program, "look", "dither", source, "--out", out, "--palette", f"picture:{colours}"]]
            magick = [["convert", source, "-dither", "FloydSteinberg", "-colors", str(colours), other]]
            quant = [["pngquant", "--speed", "4", "--force", "-o", other, str(colours), source]]
            score = lambda: f"{seen(source, out):.2f} / {seen(source, other):.2f} dB"
            yield f"{size}, {colours} colours, ImageMagick", ours, magick, score
            yield f"{size}, {colours} colours, pngquant", ours, quant, score


def seen(source, made):
    """PSNR after a blur of sigma 2, in sRGB values."""
    pixels = [np.asarray(Image.open(name).convert("RGB"), np.float32) for name in (source, made)]
    blurred = [np.stack([gaussian_filter(one[..., c], 2) for c in range(3)], -1) for one in pixels]
    return 10 * np.log10(255**2 / np.mean((blurred[0] - blurred[1]) ** 2))


TILES = int(os.environ.get("PIERROT_BENCH_TILES", "10000"))


def draw_tiles(work):
    """Random parts of the photographs in random moods, 360 pixels long, and a target of 1200 x 800."""
    os.makedirs(f"{work}/tiles", exist_ok=True)
    rng = np.random.default_rng(99)
    photos = [Image.open(name).resize((3000, 2000), Image.BOX) for name in sorted(glob.glob(f"{work}/p*.jpg"))]
    photos[0].resize((1200, 800), Image.LANCZOS).save(f"{work}/target.png")
    for tile in range(TILES):
        photo, side = photos[tile % len(photos)], int(rng.integers(200, 1300))
        x, y = int(rng.integers(0, 3000 - side)), int(rng.integers(0, 2000 - side * 2 // 3))
        part = photo.crop((x, y, x + side, y + side * 2 // 3)).resize((360, 240), Image.BICUBIC)
        mood = np.clip(np.asarray(part) * rng.uniform(0.3, 1.6, 3) * rng.uniform(0.4, 1.5), 0, 255)
        Image.fromarray(mood.astype(np.uint8)).save(f"{work}/tiles/{tile:05}.jpg", quality=88)


def mosaic(work, program):
    draw_tiles(work)
    tiles, index, library, target = f"{work}/tiles", f"{work}/tiles.index", f"{work}/library", f"{work}/target.png"
    os.makedirs(library, exist_ok=True)
    fresh = [["rm", "-f", index], [program, "look", "tiles", tiles, "--index", index, "--threads", "1"]]
    prepare = [["metapixel-prepare", tiles, library, "--width=128", "--height=128"]]
    yield f"{TILES} tiles prepared, metapixel", fresh, prepare, None
    for job, cells, side in (("A", "38x25", 128), ("B", "150x100", 32)):
        for kind in ("jpg", "png"):
            out, other = f"{work}/ours.{kind}", f"{work}/theirs.{kind}"
            ours = [program, "look", "mosaic", "--target", target, "--index", index, "--cells", cells]
            ours += ["--cell-px", str(side), "--out", out, "--threads", "1"]
            theirs = ["metapixel", "--metapixel", target, other, "--library", library, "-w", str(side), "-h", str(side)]
            score = lambda: f"{likeness(target, out, cells)} / {likeness(target, other, cells)}"
            yield f"job {job} as {kind}, metapixel", [ours], [theirs + ["-s", "4"]], score


def likeness(target, made, cells):
    """SSIM (Gaussian window of 1.5) of the lumas at 8 pixels a cell after a blur of half a cell."""
    size = tuple(8 * int(side) for side in cells.split("x"))
    lumas = [np.asarray(Image.open(name).convert("L").resize(size, Image.BOX), np.float64) for name in (target, made)]
    a, b = (gaussian_filter(luma, 4) for luma in lumas)
    smooth = lambda plane: gaussian_filter(plane, 1.5)
    ma, mb = smooth(a), smooth(b)
    va, vb, both = smooth(a * a) - ma**2, smooth(b * b) - mb**2, smooth(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return f"{np.mean((2 * ma * mb + c1) * (2 * both + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))):.3f}"


PARTS = {"thumb": thumb, "dither": dither, "mosaic": mosaic}


def main():
    part, work = sys.argv[1:3]
    if part == "draw":
        return draw(work)
    program, runs = sys.argv[3], int(sys.argv[4])
    print(f"| {part} | Pierrot | peer | ratio | memory | seen |\n|---|---|---|---|---|---|")
    for name, ours, theirs, score in PARTS[part](work, program):
        measured = [(timed(ours), timed(theirs)) for _ in range(runs)]
        mine, other = (statistics.median(pair[side][0] for pair in measured) for side in (0, 1))
        memory = " / ".join(f"{max(pair[side][1] for pair in measured):.0f}" for side in (0, 1))
        print(f"| {name} | {mine:.3f} s | {other:.3f} s | {other / mine:.1f} | {memory} MB | {score() if score else ''} |", flush=True)


main()
