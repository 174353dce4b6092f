"""Videos: probed, a poster frame taken, copied without metadata. Runs in the child only."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any, BinaryIO, Final

import av
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer, OutputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageStat

from amends.vault import decoding, faults, images, metadata
from amends.vault.kinds import Kind
from amends.vault.reports import Blob, Findings

_DEMUXERS: Final = {Kind.MP4: "mov", Kind.MOV: "mov", Kind.WEBM: "matroska"}
_MUXERS: Final = {Kind.MP4: "mp4", Kind.MOV: "mp4", Kind.WEBM: "webm"}
PLAYED: Final = frozenset(("h264", "hevc", "av1", "vp8", "vp9"))
"""What browsers play; others are shown by their poster, and can be downloaded."""
CODECS: Final = PLAYED | frozenset(("mpeg4", "mjpeg", "h263", "prores", "qtrle"))
_PROBE: Final = {"probesize": "2000000", "analyzeduration": "2000000"}
"""Bytes, and microseconds: what a file must show of itself within."""
_NO_WORDS: Final = {
    "h264": "filter_units=remove_types=6",
    "hevc": "filter_units=remove_types=39-40",
    "av1": "filter_units=remove_types=5",
}
"""Takes out what is neither picture nor needed for it: encoders and cameras write there what they like."""
_PARAMETERS: Final = frozenset((32, 33, 34))
"""Kinds of unit in HEVC: what a decoder has to know of video, sequence and picture."""
_POSTER_FRAMES: Final = 40
"""So many frames are looked at for one that is not black."""
_BROKEN: Final = (av.FFmpegError, ValueError, IndexError, RuntimeError, OverflowError, ZeroDivisionError, TypeError)


def prepare() -> None:
    """Makes a video of two frames and examines it, so that everything is loaded that is loaded late."""
    av.logging.set_level(av.logging.PANIC)
    film = io.BytesIO()
    with av.open(film, "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        for shade in ("white", "grey"):
            frame: Any = VideoFrame
            out.mux(stream.encode(frame.from_image(Image.new("RGB", (32, 32), shade))))
        out.mux(stream.encode())
    film.seek(0)
    examine(Kind.MP4, film, io.BytesIO(), pixels=10_000, seconds=10)


def examine(kind: Kind, file: BinaryIO, copy: BinaryIO, *, pixels: int, seconds: int) -> tuple[Findings, list[Blob]]:
    """What is found in a video, its poster as reading size and thumbnail; a clean copy is written to `copy`.

    `pixels` of a frame and `seconds` are limits. Raises `NotTaken`, MemoryError.
    """
    try:
        with av.open(file, "r", format=_DEMUXERS[kind], options=_PROBE) as container:
            return _probed(kind, container, copy, pixels, seconds)
    except _BROKEN as fault:
        if isinstance(fault, av.MemoryError):
            raise MemoryError from None
        raise faults.broken("video") from None


def _probed(
    kind: Kind, container: InputContainer, copy: BinaryIO, pixels: int, seconds: int
) -> tuple[Findings, list[Blob]]:
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not pictures:
        raise faults.no_picture_track()
    video = pictures[0]
    if _codec(video) not in CODECS:
        raise faults.unknown_codec(_codec(video))
    if video.width * video.height > pixels:
        raise faults.too_many_pixels(video.width, video.height, pixels)
    said = _milliseconds(container, video)
    if said > seconds * 1000:
        raise faults.too_long(said // 1000, seconds)
    origin = metadata.of_video(container.metadata, *(stream.metadata for stream in container.streams))
    poster = images.at_reading_size(_poster(container, video))
    container.seek(0)
    repacked, last = _copied(kind, container, video, copy, seconds)
    if not repacked or _codec(video) not in PLAYED:
        copy.seek(0)
        copy.truncate()
        repacked = False
    blobs, measured = images.derivatives(poster)
    turned = poster.width > poster.height
    width, height = sorted((video.width, video.height), reverse=turned)
    sound = list(container.streams.audio)
    findings = Findings(
        width,
        height,
        milliseconds=said or last,
        codecs=tuple(_codec(stream) for stream in (video, *sound)),
        marks=(("repacked",) if repacked else ("not_repacked",)) + (() if sound else ("silent",)),
        **origin._asdict(),
        **measured._asdict(),
    )
    return findings, blobs


def _codec(stream: Any) -> str:
    """Its common name; "unknown" where there is no decoder for it, which PyAV types as if it could not happen."""
    return metadata.words(stream.codec.canonical_name if stream.codec_context else None, 30) or "unknown"


def _milliseconds(container: InputContainer, video: VideoStream) -> int:
    """How long it says it lasts, by the longer of container and track; 0 where neither says."""
    whole = (container.duration or 0) // 1000
    own = int((video.duration or 0) * (video.time_base or Fraction(0)) * 1000)
    return max(whole, own, 0)


def _poster(container: InputContainer, video: VideoStream) -> Image.Image:
    """The first frame that shows something; the first of all where none does within a few."""
    video.codec_context.thread_count = 1
    first: Image.Image | None = None
    for number, frame in enumerate(container.decode(video)):
        picture = _frame(frame)
        first = first or picture
        if ImageStat.Stat(picture.convert("L")).mean[0] > 12:
            return picture
        if number >= _POSTER_FRAMES:
            break
    if first is None:
        raise faults.broken("video")
    return first


def _frame(frame: VideoFrame) -> Image.Image:
    """A frame at reading size, upright."""
    picture = decoding.shown(frame)
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def _cleaned(out: OutputContainer, video: VideoStream) -> tuple[Any, BitStreamFilterContext]:
    """The stream of a copy that is to hold these pictures, and what takes the words out of their packets."""
    words = _NO_WORDS.get(_codec(video), "null")
    if _codec(video) == "hevc":
        target: Any = out.add_stream_from_template(video)
        target.codec_context.extradata = _without_words(video.codec_context.extradata or b"")
        return target, BitStreamFilterContext(words, video)
    target = out.add_mux_stream(_codec(video), rate=video.average_rate)
    return target, BitStreamFilterContext(words, video, target)


def _without_words(record: bytes) -> bytes:
    """What an HEVC decoder is told before the first picture, of that only what it needs: parameters, no words.

    Written with start codes, as the filter writes the packets; the container turns both into its own form.
    """
    if len(record) < 23 or record[0] != 1:
        return record
    place, kept = 23, b""
    for _ in range(record[22]):
        kind, number = record[place : place + 1], int.from_bytes(record[place + 1 : place + 3])
        place += 3
        for _ in range(number):
            length = int.from_bytes(record[place : place + 2])
            if kind and kind[0] & 63 in _PARAMETERS:
                kept += b"\0\0\0\1" + record[place + 2 : place + 2 + length]
            place += 2 + length
    return kept


def _copied(
    kind: Kind, container: InputContainer, video: VideoStream, copy: BinaryIO, seconds: int
) -> tuple[bool, int]:
    """Writes picture and first sound anew, packet by packet: no metadata, no other tracks, nothing behind the end.

    Whether that worked, and the milliseconds up to the last packet. Raises `NotTaken` where these exceed `seconds`:
    a file may say that it is short.
    """
    last = 0
    try:
        with av.open(copy, "w", format=_MUXERS[kind], options={"fflags": "+bitexact"}) as out:
            target, cleaning = _cleaned(out, video)
            streams: dict[int, Any] = {video.index: target}
            for sound in container.streams.audio[:1]:
                streams[sound.index] = out.add_stream_from_template(sound)
            for packet in container.demux([container.streams[index] for index in streams]):
                if packet.dts is None:
                    continue
                last = max(last, int((packet.pts or packet.dts) * packet.time_base * 1000))
                if last > seconds * 1000:
                    raise faults.too_long(last // 1000, seconds)
                target = streams[packet.stream.index]
                for kept in cleaning.filter(packet) if packet.stream is video else [packet]:
                    kept.stream = target
                    out.mux(kept)
    except _BROKEN as fault:
        if isinstance(fault, av.MemoryError):
            raise MemoryError from None
        return False, last
    return True, last
