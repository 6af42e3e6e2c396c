# perl notify-socket.pl PATH: the service manager's end of sd_notify(3). Prints each datagram as one line, its lines
# separated by blanks. (Node has no datagram sockets of unix.)
use strict;
use warnings;
use Socket;

my ($path) = @ARGV;
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
unlink $path;
bind($socket, pack_sockaddr_un($path)) or die "bind $path: $!";
chmod 0777, $path;
$| = 1;
print "listening\n";
while (defined recv($socket, my $message, 65536, 0)) {
  $message =~ s/\n/ /g;
  print "$message\n";
}
