"""The vault: evidence taken in, made harmless, kept sealed. Read intake.py first, then workshop.py and storage.py.

intake.py       a file arrives: measured, hashed, recognised, examined, kept
uploads.py      a file arrives in pieces, over a connection that breaks
sniffing.py     what it is, by its bytes; headers.py, boxes.py, ebml.py read its structure
limits.py       how much it may be, hold and cost
workshop.py     decoding happens in another process: child.py, shut in by confinement.py,
                with pictures in images.py, videos in videos.py, PDFs in documents.py
reports.py      what that process says is data, and is checked
sealed_file.py  encryption in chunks, with ranges
storage.py      write-once by content: a folder, or S3 (storage_s3.py)
scanning.py     ClamAV, where configured
measures.py     what is measured of a picture where it is decoded; looks.py carries it
coach.py        hints before a file is given; truth.py: doubts after; likeness.py knows pictures again
sentences.py    what both say, by language
"""
