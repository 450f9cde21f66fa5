<?php
/**
 * A child of the pool: the evaluation of one wiki. It writes down what PHP complains of and where, and sends what comes
 * out: all settings where it is the first, else only what differs from the first. It ends by a signal, not by exit():
 * destructors and shutdown functions of a half-started MediaWiki are nobody's business.
 */
class MwpipeWiki {
	private const LEVELS = [ E_WARNING => 'warning', E_NOTICE => 'notice', E_DEPRECATED => 'deprecated',
		E_USER_WARNING => 'warning', E_USER_NOTICE => 'notice', E_USER_DEPRECATED => 'deprecated', E_USER_ERROR => 'error',
		E_RECOVERABLE_ERROR => 'error' ];
	/** Passwords and the like are the platform's: no diff is to show them. */
	private const SECRET = [ 'wgDBpassword', 'wgDBadminpassword', 'wgSecretKey', 'wgUpgradeKey', 'wgSMTP', 'wgDBservers',
		'wgLBFactoryConf' ];
	private const MOST_MISTAKES = 20;

	private static ?self $current = null;
	/** @var array[] by place and message */
	private array $mistakes = [];
	private bool $ended = false;
	private ?MwpipeRegistrations $registrations = null;
	private int $pid;
	private string $dir;
	private string $wiki = '';

	/**
	 * @param string[] $wikis
	 * @param resource $socket
	 * @param array{base:array{json:array<string,string>,plain:array,registrations:array}|null,asked:array} $known of the
	 *  first wiki, and what is asked for
	 */
	public static function begin( array $wikis, $socket, array $known ): void {
		self::$current = new self( $socket, $known['base'], [ 'wikis' => count( $wikis ) ] + $known['asked'] );
		if ( count( $wikis ) > 1 ) {
			MwpipeTogether::begin( $wikis );
			return;
		}
		self::$current->wiki = $wikis[0];
		// One names the only wiki, the other is what --wiki sets.
		putenv( "MWPIPE_DB_NAME={$wikis[0]}" );
		define( 'MW_WIKI_NAME', $wikis[0] );
		$_SERVER['REQUEST_TIME_FLOAT'] = microtime( true );
		$_SERVER['REQUEST_TIME'] = time();
		// Forked generators would give all wikis the same numbers, and so hide that they are random.
		mt_srand( random_int( 0, PHP_INT_MAX ) );
	}

	/** @param resource $socket */
	private function __construct( private $socket, private ?array $base, array $asked ) {
		$this->pid = getmypid();
		$this->dir = mwpipeBundleDir( $asked['bundle'] );
		posix_setpgid( 0, 0 );
		foreach ( [ STDIN, STDOUT ] as $stream ) {
			fclose( $stream );
		}
		ini_set( 'memory_limit', $asked['memory'] );
		error_reporting( E_ALL );
		set_error_handler( $this->complained( ... ) );
		set_exception_handler( $this->uncaught( ... ) );
		register_shutdown_function( $this->shutDown( ... ) );
		ob_start( $this->printed( ... ), 1 );
		pcntl_async_signals( true );
		pcntl_signal( SIGXCPU, $this->tooLong( ... ) );
		pcntl_signal( SIGALRM, $this->tooLong( ... ) );
		// Computing is bounded by the processor's time: a machine that has much to do is no reason to refuse a bundle.
		posix_setrlimit( POSIX_RLIMIT_CPU, $asked['seconds'], $asked['seconds'] + 1 );
		pcntl_alarm( $asked['elapsed'] );
	}

	/** The overlays have spoken; extensions are registered next. */
	public static function settingsRead(): void {
		$self = self::$current;
		$self->checkHandlers();
		$registry = MediaWiki\Registration\ExtensionRegistry::getInstance();
		if ( method_exists( $registry, 'setCache' ) ) {
			require_once __DIR__ . '/MwpipeRegistrations.php';
			$self->registrations ??= new MwpipeRegistrations( $self->base['registrations'] ?? [] );
			$registry->setCache( $self->registrations );
		}
	}

	public static function done(): void {
		self::$current->send( self::$current->values() );
	}

	/** Of several wikis. */
	public static function doneWith( string $wiki ): void {
		self::$current->wiki = $wiki;
		self::$current->answer( self::$current->values() );
	}

	/** Without a word: what wasn't answered is for others to do. */
	public static function end(): never {
		posix_kill( getmypid(), SIGKILL );
		exit( 1 );
	}

	public static function thrown( Throwable $thrown ): void {
		self::$current->uncaught( $thrown );
	}

	private function uncaught( Throwable $thrown ): void {
		$place = $this->placeIn( array_merge( [ [ 'file' => $thrown->getFile(), 'line' => $thrown->getLine() ] ],
			$thrown->getTrace() ) );
		$kind = $thrown instanceof Error ? 'fatal error' : 'error';
		$this->note( $kind, get_class( $thrown ) . ': ' . $thrown->getMessage(), ...$place );
		$this->send( null );
	}

	private function complained( int $level, string $message, string $file, int $line ): bool {
		// Silenced with @: who did that asks error_get_last().
		if ( !( error_reporting() & $level ) ) {
			return false;
		}
		$this->note( self::LEVELS[$level] ?? 'error', $message, $file, $line );
		return true;
	}

	private function note( string $level, string $message, string $file, int $line ): void {
		if ( MwpipeTogether::isOn() ) {
			self::end();
		}
		$key = "$level $line $file " . substr( $message, 0, 200 );
		if ( isset( $this->mistakes[$key] ) ) {
			$this->mistakes[$key]['count']++;
		} elseif ( count( $this->mistakes ) < self::MOST_MISTAKES ) {
			if ( !str_starts_with( $file, "{$this->dir}/" ) ) {
				[ $file, $line ] = $this->placeIn( array_merge( [ [ 'file' => $file, 'line' => $line ] ],
					debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ) ) );
			}
			$inside = str_starts_with( $file, "{$this->dir}/" ) ? substr( $file, strlen( $this->dir ) + 1 ) : $file;
			$this->mistakes[$key] = MwpipeAnswer::mistake( $level, $message, $inside, $line ) + [ 'count' => 1 ];
		}
	}

	/** The innermost place in the bundle, else the innermost one. @return array{0:string,1:int} */
	private function placeIn( array $frames ): array {
		$frames = array_filter( $frames, static fn ( $frame ) => isset( $frame['file'] ) &&
			dirname( $frame['file'] ) !== __DIR__ );
		foreach ( $frames as $frame ) {
			if ( str_starts_with( $frame['file'], "{$this->dir}/" ) ) {
				return [ $frame['file'], $frame['line'] ?? 0 ];
			}
		}
		$first = reset( $frames );
		return $first ? [ $first['file'], $first['line'] ?? 0 ] : [ '', 0 ];
	}

	private function printed( string $text ): string {
		if ( $text !== '' && !$this->ended && getmypid() === $this->pid ) {
			$what = MwpipeAnswer::json( mb_strcut( $text, 0, 60 ) );
			$this->note( 'output', "prints $what", ...$this->placeIn( debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ) ) );
		}
		return '';
	}

	private function tooLong(): void {
		$this->note( 'too long', 'is still busy here when its time is up', ...$this->placeIn(
			debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ) ) );
		$this->send( null );
	}

	private function checkHandlers(): void {
		$mine = [ set_error_handler( null ), set_exception_handler( null ) ];
		foreach ( [ 'an error handler', 'an exception handler' ] as $index => $what ) {
			$handler = $mine[$index];
			$reflected = $handler instanceof Closure ? new ReflectionFunction( $handler ) : null;
			if ( $reflected?->getClosureThis() !== $this ) {
				$place = $this->whereIs( $handler );
				$this->note( 'handler', "sets $what: what PHP complains of would be lost", ...$place );
			}
		}
		set_error_handler( $this->complained( ... ) );
		set_exception_handler( $this->uncaught( ... ) );
	}

	private function whereIs( mixed $handler ): array {
		try {
			$reflected = is_array( $handler ) ? new ReflectionMethod( ...$handler ) : ( is_callable( $handler ) ?
				new ReflectionFunction( Closure::fromCallable( $handler ) ) : null );
		} catch ( ReflectionException ) {
			$reflected = null;
		}
		return [ (string)$reflected?->getFileName(), (int)$reflected?->getStartLine() ];
	}

	/** Reached too early: a fatal error, or somebody called exit(). */
	private function shutDown(): void {
		if ( $this->ended || getmypid() !== $this->pid ) {
			return;
		}
		// Memory may be what was missing.
		ini_set( 'memory_limit', '-1' );
		$last = error_get_last();
		if ( $last && ( $last['type'] & ( E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR ) ) ) {
			$this->note( 'fatal error', $last['message'], $last['file'], $last['line'] );
		} else {
			$this->note( 'exit', 'ends the script before all settings are read', '', 0 );
		}
		$this->send( null );
	}

	/** @return array<string,string>|null what differs from the first wiki's, by name; `\0name` in `gone` */
	private function values(): array {
		$set = [];
		$plain = $this->base['plain'] ?? [];
		$json = $this->base['json'] ?? [];
		foreach ( $GLOBALS as $name => $value ) {
			// Most are what the first wiki has: a comparison is quicker than writing them down.
			if ( isset( $plain[$name] ) && $plain[$name] === $value ) {
				continue;
			}
			if ( !preg_match( '/^wm?g[A-Z]/', $name ) || is_object( $value ) || in_array( $name, self::SECRET ) ) {
				continue;
			}
			$text = MwpipeAnswer::json( $value );
			if ( ( $json[$name] ?? null ) !== $text ) {
				$set[$name] = $text;
			}
		}
		return $set;
	}

	/** @param array<string,string>|null $set */
	private function send( ?array $set ): never {
		if ( getmypid() === $this->pid && !$this->ended ) {
			$this->ended = true;
			pcntl_alarm( 0 );
			$this->answer( $set );
		}
		self::end();
	}

	/** @param array<string,string>|null $set */
	private function answer( ?array $set ): void {
		// Not array_key_exists() for each: that copies $GLOBALS each time.
		$gone = $set === null ? [] : array_keys( array_diff_key( $this->base['json'] ?? [], $GLOBALS ) );
		$answer = [ 'wiki' => $this->wiki, 'set' => $set, 'gone' => $gone, 'mistakes' => array_values( $this->mistakes ) ];
		if ( $set !== null ) {
			$answer += $this->extras();
		}
		$bytes = serialize( $answer );
		$bytes = pack( 'N', strlen( $bytes ) ) . $bytes;
		for ( $sent = 0; $sent < strlen( $bytes ); ) {
			$part = fwrite( $this->socket, substr( $bytes, $sent, 1 << 16 ) );
			if ( !$part ) {
				break;
			}
			$sent += $part;
		}
	}

	/** What the next children needn't do again: classes to load, manifests to read; from the first, its plain values. */
	private function extras(): array {
		$extras = [ 'registrations' => $this->registrations?->takeAdded() ?? [] ];
		if ( $this->base === null ) {
			$plain = array_filter( $GLOBALS, static fn ( $value, $name ) => preg_match( '/^wm?g[A-Z]/', $name ) &&
				self::isPlain( $value ), ARRAY_FILTER_USE_BOTH );
			$classes = array_merge( get_declared_classes(), get_declared_interfaces(), get_declared_traits() );
			$extras += [ 'plain' => serialize( $plain ), 'classes' => $classes ];
		}
		return $extras;
	}

	private static function isPlain( mixed $value ): bool {
		if ( !is_array( $value ) ) {
			return !is_object( $value );
		}
		foreach ( $value as $inner ) {
			if ( !self::isPlain( $inner ) ) {
				return false;
			}
		}
		return true;
	}
}
