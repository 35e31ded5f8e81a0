#!/usr/bin/env bash
# Words of the documentation that neither a British dictionary nor words.txt has. Needs hunspell and hunspell-en-gb. Code is not looked at, nor what has digits in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v hunspell >/dev/null 2>&1 || { echo "hunspell is not on the PATH. On Debian and Ubuntu: apt-get install hunspell hunspell-en-gb" >&2; exit 1; }
unknown=0
while IFS= read -r file; do
    words=$(perl -0pe 's/^ *```.*?^ *```//gms; s/`[^`\n]*`//g; s/<!--.*?-->//gs; s/\]\([^)]*\)/]/g; s#https?://\S+##g; s#[\w./*-]+\.(md|mjs|js|py|cs|json|yaml|svg)\b##g; s/<[^>\n]*>//g' "$file" |
        LC_ALL=C.UTF-8 hunspell -d en_GB -p eng/words.txt -l | grep -v '[0-9]' | sort -u | tr '\n' ' ' || true)
    [ -z "$words" ] || { echo "$file: $words"; unknown=1; }
done < <(git ls-files '*.md' 2>/dev/null || find . -name '*.md' -not -path '*/node_modules/*' -not -path './artifacts/*')
[ "$unknown" -eq 0 ] || echo "Mend what is misspelt; what is right goes into eng/words.txt."
exit "$unknown"
