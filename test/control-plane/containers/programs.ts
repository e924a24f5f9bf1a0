// Programs that do their work at once and well. Each is in busybox, in a larger image, or in both.
const QUICK = words(`
  arch awk base64 basename cat chgrp chmod chown cksum clear cmp comm cp cut date dd df diff dirname dmesg du echo
  egrep expr fgrep find fold free getopt grep groups gunzip gzip head hexdump hostname id ifconfig install ip join
  kill last link ln logger ls lsof md5sum mkdir mkfifo mktemp more mount mv netstat nl nproc od paste pgrep pidof pkill
  printenv printf ps pwd readlink realpath rename renice rev rm rmdir route sed seq sha1sum sha256sum sha512sum shuf
  sort split stat strings stty sum sync sysctl tac tail tar tee touch tr tree truncate tty uname uniq unlink
  unxz unzip uptime users usleep vi wc which who whoami xargs xxd xz zcat
  alias cd declare hash local read readonly return shift source type ulimit umask unalias unset
`);

// Programs that stay until they are told to go.
const STAYING = words('nginx httpd crond top watch yes telnetd ntpd syslogd');

// Programs that are there and of which nobody can tell how they end.
const OPEN = words('wget nc ping nslookup telnet ftpget ftpput traceroute arping script sh bash ash dash');

// The program files of these images are known, so that a word that is none of them is not found there.
const KNOWN_IMAGES = /(?:^|\/)(?:busybox|alpine|nginx)(?:[:@]|$)/;

/** What is known of a program by its name alone. */
export type Program = 'quick' | 'stays' | 'missing' | 'unknown';

/** What becomes of a program in an image. */
export function programOf(name: string, image: string): Program {
  if (QUICK.has(name)) return 'quick';
  if (STAYING.has(name)) return 'stays';
  return KNOWN_IMAGES.test(image) && !OPEN.has(name) && /^[\w.+-]+$/.test(name) ? 'missing' : 'unknown';
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
