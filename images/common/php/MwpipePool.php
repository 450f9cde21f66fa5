<?php
/**
 * The parent: a child for each wiki, as many at once as there are cores; it reads what they say, ends those that take too
 * long, and passes on each value once. It runs nothing of the bundle's itself.
 *
 * Lines on stdout, by `say`: parsed, schema, about (MediaWiki's version), base (the first wiki's values), value (a text by
 * number), wiki (what it has instead, by number of the text), mistake, unsteady, end.
 */
class MwpipePool {
	/** Wikis that die at one and the same place; then the others would, too. */
	private const ENOUGH_FAILURES = 25;
	private const ENOUGH_TIMEOUTS = 3;
	private const MOST_BYTES = 1 << 26;
	private const PROOFS = 4;
	private const MOST_REGISTRATIONS = 64;
	/** Each may take 256 MB. */
	private const MOST_PROCESSES = 6;

	private ?array $base = null;
	/** @var array<int,array{wikis:string[],socket:resource,said:string,until:float}> by process */
	private array $running = [];
	/** @var array<string,int> number by text's hash */
	private array $numbers = [];
	/** @var array<string,int> */
	private array $failures = [];
	/** @var array<string,string> set, by wiki that is evaluated twice */
	private array $before = [];
	/** @var string[] wikis that are evaluated twice */
	private array $twice = [];
	private int $processes;

	/** Returns in the children only. */
	public static function eachWiki( array $asked ): void {
		$pool = new self( $asked );
		if ( $asked['schema'] ) {
			MwpipeAnswer::line( [ 'say' => 'schema', 'settings' => MwpipeSchema::ofImage() ] );
		}
		$wikis = $pool->wikis();
		MwpipeAnswer::line( [ 'say' => 'about', 'mediawiki' => MW_VERSION, 'wikis' => count( $wikis ) ] );
		$isChild = $asked['together'] && count( $wikis ) >= MwpipeTogether::FEWEST && MwpipeTogether::isPossible() ?
			$pool->evaluateTogether( $wikis ) : $pool->evaluate( self::oneByOne( $wikis ), $pool->take( ... ) );
		if ( $isChild || $pool->evaluateAgain() ) {
			return;
		}
		MwpipeAnswer::line( [ 'say' => 'end', 'written' => self::written() ] );
		exit( 0 );
	}

	/**
	 * What children wrote outside of the bundle: of this user, and changed since the question came. ctime, since touch() sets
	 * the other. The engine's own list takes it two seconds, for it compares all of the image.
	 * @return string[]
	 */
	private static function written(): array {
		$user = posix_getuid();
		$found = shell_exec( 'find / -xdev -path ' . MWPIPE_OVERLAY_DIR . " -prune -o -uid $user -newercc " .
			MWPIPE_OVERLAY_DIR . '/check.json -print 2>/dev/null | head -n 1000' );
		return array_values( array_filter( explode( "\n", (string)$found ) ) );
	}

	private function __construct( private array $asked ) {
		$this->processes = min( self::MOST_PROCESSES, max( 2, (int)shell_exec( 'nproc' ) ) );
	}

	/** Of the bundle, those whose version is this image's; farm.php is mwpipe's own, a static array. */
	private function wikis(): array {
		$file = mwpipeBundleDir( $this->asked['bundle'] ) . '/farm.php';
		$farm = is_file( $file ) ? require $file : [];
		$wikis = array_values( array_filter( $this->asked['wikis'] ?? $farm['databases'] ?? [], static fn ( $wiki ) =>
			( $farm['wikis'][$wiki]['version'] ?? MW_VERSION ) === MW_VERSION ) );
		$this->twice = self::spread( $wikis, $this->asked['twice'] );
		return $wikis;
	}

	/** At most so many, evenly, the first among them. @return string[] */
	private static function spread( array $wikis, int $most ): array {
		$step = max( 1, (int)ceil( count( $wikis ) / max( 1, $most ) ) );
		return $most === 0 ? [] : array_values( array_filter( $wikis, static fn ( $index ) => $index % $step === 0,
			ARRAY_FILTER_USE_KEY ) );
	}

	private function evaluateAgain(): bool {
		$wikis = array_keys( $this->before );
		if ( $wikis && $this->asked['wait'] ) {
			// What depends on the second shows only in another one.
			usleep( 1100000 );
		}
		return $this->evaluate( self::oneByOne( $wikis ), $this->compare( ... ) );
	}

	/**
	 * Many wikis a child, see MwpipeTogether. A few are evaluated alone as well: if the same doesn't come out, what the others
	 * gave counts for nothing.
	 * @return bool true in a child
	 */
	private function evaluateTogether( array $wikis ): bool {
		$proofs = self::spread( $wikis, self::PROOFS );
		$alone = [];
		if ( $this->evaluate( self::oneByOne( $proofs ), function ( $child ) use ( &$alone ) {
			$alone += $this->take( $child );
		} ) ) {
			return true;
		}
		$others = array_values( array_diff( $wikis, $proofs ) );
		$batches = array_chunk( $others, (int)ceil( count( $others ) / max( self::PROOFS * 2, $this->processes * 2 ) ) );
		foreach ( array_keys( $alone ) as $index => $wiki ) {
			// Last, where the most could have gone wrong.
			$batches[$index % count( $batches )][] = $wiki;
		}
		$held = [];
		if ( $this->base && $this->evaluate( $batches, static function ( $child ) use ( &$held ) {
			foreach ( self::answersOf( $child ) as $answer ) {
				$held[$answer['wiki']] = $answer;
			}
		} ) ) {
			return true;
		}
		foreach ( $alone as $wiki => $expected ) {
			if ( ( $held[$wiki]['set'] ?? null ) !== $expected['set'] || $held[$wiki]['gone'] !== $expected['gone'] ) {
				$held = [];
			}
		}
		foreach ( array_diff_key( $held, $alone ) as $wiki => $answer ) {
			$this->tell( $wiki, $answer );
		}
		$left = array_filter( $others, static fn ( $wiki ) => !isset( $held[$wiki] ) );
		return $this->evaluate( self::oneByOne( $left ), $this->take( ... ) );
	}

	/** @return string[][] */
	private static function oneByOne( array $wikis ): array {
		return array_map( static fn ( $wiki ) => [ $wiki ], array_values( $wikis ) );
	}

	/**
	 * @param string[][] $jobs a child for each
	 * @param callable $take is given each child that ended
	 * @return bool true in a child
	 */
	private function evaluate( array $jobs, callable $take ): bool {
		while ( $jobs || $this->running ) {
			while ( $jobs && count( $this->running ) < ( $this->base ? $this->processes : 1 ) ) {
				if ( $this->start( array_shift( $jobs ) ) ) {
					return true;
				}
			}
			foreach ( $this->ended() as $child ) {
				$take( $child );
			}
			if ( $jobs && $this->isHopeless() ) {
				MwpipeAnswer::line( [ 'say' => 'skipped', 'wikis' => array_sum( array_map( 'count', $jobs ) ) ] );
				$jobs = [];
			}
		}
		return false;
	}

	private function start( array $wikis ): bool {
		[ $here, $there ] = stream_socket_pair( STREAM_PF_UNIX, STREAM_SOCK_STREAM, STREAM_IPPROTO_IP );
		$child = pcntl_fork();
		if ( $child === 0 ) {
			fclose( $here );
			MwpipeWiki::begin( $wikis, $there, [ 'base' => $this->base, 'asked' => $this->asked ] );
			return true;
		}
		fclose( $there );
		stream_set_blocking( $here, false );
		$this->running[$child] = [ 'wikis' => $wikis, 'socket' => $here, 'said' => '',
			'until' => microtime( true ) + $this->asked['elapsed'] + 1 ];
		return false;
	}

	/** Waits for something to happen. @return array[] children that ended, or had to */
	private function ended(): array {
		$sockets = array_column( $this->running, 'socket' );
		$none = null;
		stream_select( $sockets, $none, $none, 0, 200000 );
		$ended = [];
		foreach ( $this->running as $process => &$child ) {
			while ( ( $part = (string)fread( $child['socket'], 1 << 16 ) ) !== '' ) {
				$child['said'] .= $part;
			}
			$late = microtime( true ) > $child['until'] || strlen( $child['said'] ) > self::MOST_BYTES;
			if ( $late ) {
				posix_kill( $process, SIGKILL );
			}
			if ( pcntl_waitpid( $process, $status, $late ? 0 : WNOHANG, $used ) === $process ) {
				$late = $late || ( $used['ru_utime.tv_sec'] ?? 0 ) + ( $used['ru_stime.tv_sec'] ?? 0 ) >= $this->asked['seconds'];
				$child['said'] .= stream_get_contents( $child['socket'] );
				fclose( $child['socket'] );
				// What it started and left behind
				$left = @posix_kill( -$process, SIGKILL );
				$ended[] = [ 'wikis' => $child['wikis'], 'said' => $child['said'], 'left' => $left, 'late' => $late ];
				unset( $this->running[$process] );
			}
		}
		return $ended;
	}

	/** What it said, as far as it is whole. @return iterable<array> */
	private static function answersOf( array $child ): iterable {
		for ( $at = 0; strlen( $child['said'] ) >= $at + 4; $at += 4 + $bytes ) {
			$bytes = unpack( 'N', $child['said'], $at )[1];
			$answer = @unserialize( substr( $child['said'], $at + 4, $bytes ), [ 'allowed_classes' => false ] );
			if ( !is_array( $answer ) ) {
				return;
			}
			yield $answer;
		}
	}

	/** Of a child with one wiki, which may have died. */
	private static function answerOf( array $child ): array {
		foreach ( self::answersOf( $child ) as $answer ) {
			break;
		}
		$why = $child['late'] ? [ 'too long', 'is still busy when its time is up' ] : [ 'fatal error', 'PHP died' ];
		$answer ??= [ 'set' => null, 'gone' => [], 'mistakes' => [ MwpipeAnswer::mistake( ...$why ) ] ];
		if ( $child['left'] ) {
			$answer['mistakes'][] = MwpipeAnswer::mistake( 'process', 'leaves a process behind' );
		}
		return $answer;
	}

	/** Tells what the child says. @return array<string,array> its answer by its wiki; nothing where it failed */
	private function take( array $child ): array {
		$answer = self::answerOf( $child );
		[ $wiki ] = $child['wikis'];
		foreach ( $answer['mistakes'] as $mistake ) {
			MwpipeAnswer::line( [ 'say' => 'mistake', 'wiki' => $wiki ] + $mistake );
		}
		if ( $answer['set'] === null ) {
			$first = end( $answer['mistakes'] );
			$place = "{$first['level']} {$first['file']} {$first['line']}";
			$this->failures[$place] = ( $this->failures[$place] ?? 0 ) + 1;
			return [];
		}
		$isFirst = $this->base === null;
		$this->learn( $answer );
		$this->tell( $wiki, $answer );
		return [ $wiki => [ 'set' => $isFirst ? [] : $answer['set'], 'gone' => $answer['gone'] ] ];
	}

	private function learn( array $answer ): void {
		if ( $this->base === null ) {
			foreach ( $answer['classes'] as $class ) {
				// Extensions' classes stay unknown here: their autoloading begins in the children.
				class_exists( $class );
			}
			$plain = unserialize( $answer['plain'], [ 'allowed_classes' => false ] );
			$this->base = [ 'json' => $answer['set'], 'plain' => $plain, 'registrations' => [] ];
		}
		if ( count( $this->base['registrations'] ) < self::MOST_REGISTRATIONS ) {
			$this->base['registrations'] += $answer['registrations'];
		}
	}

	private function tell( string $wiki, array $answer ): void {
		if ( in_array( $wiki, $this->twice ) ) {
			$this->before[$wiki] = $answer['set'] === $this->base['json'] ? [] : $answer['set'];
		}
		$set = array_map( $this->number( ... ), $answer['set'] );
		MwpipeAnswer::line( [ 'say' => 'wiki', 'wiki' => $wiki, 'set' => (object)$set, 'gone' => $answer['gone'] ] );
	}

	private function number( string $text ): int {
		$hash = hash( 'xxh128', $text );
		if ( !isset( $this->numbers[$hash] ) ) {
			$this->numbers[$hash] = count( $this->numbers );
			MwpipeAnswer::line( [ 'say' => 'value', 'number' => $this->numbers[$hash], 'text' => $text ] );
		}
		return $this->numbers[$hash];
	}

	/** Of the same wiki, the same: what isn't depends on time or chance. */
	private function compare( array $child ): void {
		$answer = self::answerOf( $child );
		[ $wiki ] = $child['wikis'];
		$now = $answer['set'] ?? [];
		$names = array_keys( $now + $this->before[$wiki] );
		$differing = array_values( array_filter( $names, fn ( $name ) =>
			( $now[$name] ?? null ) !== ( $this->before[$wiki][$name] ?? null ) ) );
		if ( $differing || $answer['set'] === null ) {
			MwpipeAnswer::line( [ 'say' => 'unsteady', 'wiki' => $wiki, 'settings' => $differing ] );
		}
	}

	private function isHopeless(): bool {
		foreach ( $this->failures as $place => $times ) {
			if ( $times >= ( str_starts_with( $place, 'too long' ) ? self::ENOUGH_TIMEOUTS : self::ENOUGH_FAILURES ) ) {
				return true;
			}
		}
		return false;
	}
}
